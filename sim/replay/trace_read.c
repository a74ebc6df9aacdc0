// SPDX-License-Identifier: GPL-2.0
/*
 * Trace files: reading.  Nothing in a file is believed: sizes are bounded before
 * memory is taken, a block is used only once its checksum was right, and then
 * every field is checked.
 */
#include "trace_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <numaplace/uapi.h>

#define INPUT		(64 * 1024)
#define WINDOW_LOG	21	/* the largest block is below 2 MiB */
#define HEADER_MAX	18	/* a frame's header, at most */
#define CHECKSUM_FLAG	0x04	/* in the byte behind the frame's magic */
#define BLOCK_MAX	(sizeof(struct trace_block) + \
			 sizeof(struct trace_machine) + NP_MAX_NODES + \
			 TRACE_MAX_CPUS * sizeof(s16) + \
			 NP_MAX_NODES * NP_MAX_NODES)

_Static_assert(BLOCK_MAX >= sizeof(struct trace_block) +
	       TRACE_BLOCK_RECORDS * sizeof(struct np_record),
	       "a block of records is no larger than a machine");

/**
 * struct trace_reader - a file being read
 * @begin:	in the file, of the current block
 * @offset:	in the file, of the first byte of @input that is not used up
 * @input:	[@have] bytes of the file, used up to @used
 * @block:	the current block, @size bytes
 * @at:		next record of the block
 * @number:	of that record in the file
 * @machine:	what TRACE_MACHINE held; the tables of bytes of @m are in it
 * @cpu_node:	that of @m: words, which would not be aligned there
 */
struct trace_reader {
	FILE *f;
	const char *name;
	uint64_t begin, offset;
	ZSTD_DCtx *z;
	uint8_t input[INPUT];
	size_t have, used;
	uint8_t *block;
	size_t size;
	uint32_t at;
	uint64_t number;
	bool ended;
	uint8_t *machine;
	s16 cpu_node[TRACE_MAX_CPUS];
	struct np_machine m;
	struct trace_info info;
};

/* What is wrong may be anywhere in a block, so its beginning is named. */
__attribute__((format(printf, 3, 4)))
static int refuse(const struct trace_reader *r, struct sim_error *e,
		  const char *fmt, ...)
{
	char text[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return sim_fail(e, "%.40s: at byte %llu: %s", r->name,
			(unsigned long long)r->begin, text);
}

/* ------------------------------------------------------------------- bytes */

static size_t left(const struct trace_reader *r)
{
	return r->have - r->used;
}

/* At least @size bytes (INPUT at most) in a row, or less at the end. */
static int fill(struct trace_reader *r, size_t size, struct sim_error *e)
{
	if (left(r) >= size)
		return 0;
	memmove(r->input, r->input + r->used, left(r));
	r->have = left(r);
	r->used = 0;
	errno = 0;
	r->have += fread(r->input + r->have, 1, INPUT - r->have, r->f);
	if (ferror(r->f))
		return sim_fail(e, "%.40s: %s", r->name,
				errno ? strerror(errno) : "cannot be read");
	return 0;
}

static void use(struct trace_reader *r, size_t size)
{
	r->used += size;
	r->offset += size;
}

/* ------------------------------------------------------------------ blocks */

/* Return: the size of the block that begins here, or -1. */
static long block_size(struct trace_reader *r, struct sim_error *e)
{
	const uint8_t *p = r->input + r->used;
	unsigned long long size;
	uint32_t magic;

	if (left(r) <= sizeof(magic))
		return refuse(r, e, "the file is cut off");
	memcpy(&magic, p, sizeof(magic));
	if (magic != ZSTD_MAGICNUMBER || !(p[sizeof(magic)] & CHECKSUM_FLAG))
		return refuse(r, e, "no block begins here");
	size = ZSTD_getFrameContentSize(p, left(r));
	if (size == ZSTD_CONTENTSIZE_ERROR && left(r) < HEADER_MAX)
		return refuse(r, e, "the file is cut off");
	if (size < sizeof(struct trace_block) || size > BLOCK_MAX)
		return refuse(r, e, "a block of impossible size");
	return (long)size;
}

static int make_room(struct trace_reader *r, size_t size, struct sim_error *e)
{
	free(r->block);
	r->block = malloc(size);
	r->size = r->block ? size : 0;
	return r->block ? 0 : sim_fail(e, "out of memory");
}

/* Return: 0 when the block is complete, 1 to go on, -1 on errors. */
static int unpack_some(struct trace_reader *r, ZSTD_outBuffer *out,
		       struct sim_error *e)
{
	ZSTD_inBuffer in = { r->input + r->used, left(r), 0 };
	size_t before = out->pos, ret = ZSTD_decompressStream(r->z, out, &in);

	if (ZSTD_isError(ret))
		return refuse(r, e, "the block is damaged (%s)",
			      ZSTD_getErrorName(ret));
	use(r, in.pos);
	if (!ret)
		return out->pos == out->size ? 0 :
			refuse(r, e, "the block is shorter than it says");
	if (!in.pos && out->pos == before && !left(r))
		return refuse(r, e, "the file is cut off");
	return 1;
}

static int unpack(struct trace_reader *r, struct sim_error *e)
{
	ZSTD_outBuffer out = { r->block, r->size, 0 };
	int ret;

	ZSTD_DCtx_reset(r->z, ZSTD_reset_session_only);
	do
		ret = fill(r, 1, e) ? -1 : unpack_some(r, &out, e);
	while (ret > 0);
	return ret;
}

static int next_block(struct trace_reader *r, struct sim_error *e)
{
	long size;

	r->begin = r->offset;
	if (fill(r, HEADER_MAX, e))
		return -1;
	size = block_size(r, e);
	if (size < 0 || make_room(r, (size_t)size, e))
		return -1;
	return unpack(r, e);
}

static const struct trace_block *head(const struct trace_reader *r)
{
	return (const struct trace_block *)r->block;
}

static const uint8_t *contents(const struct trace_reader *r)
{
	return r->block + sizeof(struct trace_block);
}

static size_t contents_size(const struct trace_reader *r)
{
	return r->size - sizeof(struct trace_block);
}

/* ------------------------------------------------------------- the machine */

static int read_start(struct trace_reader *r, struct sim_error *e)
{
	struct trace_start start;

	if (fill(r, sizeof(start), e))
		return -1;
	if (left(r) < sizeof(start))
		return refuse(r, e, "not a trace of numaplace");
	memcpy(&start, r->input, sizeof(start));
	if (memcmp(start.magic, TRACE_MAGIC, sizeof(start.magic)))
		return refuse(r, e, "not a trace of numaplace");
	if (start.version != TRACE_VERSION)
		return refuse(r, e, "a trace of version %u; this program reads "
			      "version %u", start.version, TRACE_VERSION);
	if (start.reserved)
		return refuse(r, e, "fields that should be zero");
	use(r, sizeof(start));
	return 0;
}

static bool is_line(const char *text)
{
	size_t len = strnlen(text, TRACE_TEXT);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return len < TRACE_TEXT;
}

static const char *check_head(const struct trace_reader *r,
			      const struct trace_machine *t)
{
	if (t->abi != NP_ABI || t->record_size != sizeof(struct np_record))
		return "records of another version of the module";
	if (t->page_shift != NP_PAGE_SHIFT)
		return "pages of another size";
	if (t->reserved || head(r)->nr)
		return "fields that should be zero";
	if (!is_line(t->origin) || !is_line(t->command))
		return "a text that is none";
	if (contents_size(r) != sizeof(*t) + t->nr_nodes +
	    t->nr_cpus * sizeof(s16) + (size_t)t->nr_nodes * t->nr_nodes)
		return "tables of another size than the machine";
	return NULL;
}

/* The block becomes the machine's: its tables stay where they are. */
static void take_machine(struct trace_reader *r, const struct trace_machine *t)
{
	const uint8_t *tables = contents(r) + sizeof(*t);

	memcpy(r->info.origin, t->origin, sizeof(t->origin));
	memcpy(r->info.command, t->command, sizeof(t->command));
	r->m = (struct np_machine){
		.nr_nodes = t->nr_nodes,
		.nr_cpus = t->nr_cpus,
		.node_flags = tables,
		.cpu_node = r->cpu_node,
		.distance = tables + t->nr_nodes + t->nr_cpus * sizeof(s16),
	};
	memcpy(r->cpu_node, tables + t->nr_nodes, t->nr_cpus * sizeof(s16));
	r->machine = r->block;
	r->block = NULL;
}

static int read_machine(struct trace_reader *r, struct sim_error *e)
{
	const struct trace_machine *t;
	const char *why = NULL;

	if (next_block(r, e))
		return -1;
	if (head(r)->type != TRACE_MACHINE || contents_size(r) < sizeof(*t))
		return refuse(r, e, "the machine is missing");
	t = (const struct trace_machine *)contents(r);
	why = check_head(r, t);
	if (!why && t->nr_cpus > TRACE_MAX_CPUS)
		why = "number of CPUs";
	if (!why) {
		take_machine(r, t);
		why = trace_check_machine(&r->m);
	}
	return why ? refuse(r, e, "%s", why) : 0;
}

/* ----------------------------------------------------------------- records */

static int read_end(struct trace_reader *r, struct sim_error *e)
{
	struct trace_end end;

	if (contents_size(r) != sizeof(end) || head(r)->nr)
		return refuse(r, e, "an end of impossible size");
	memcpy(&end, contents(r), sizeof(end));
	if (end.records != r->number)
		return refuse(r, e, "%llu records, and there should be %llu",
			      (unsigned long long)r->number,
			      (unsigned long long)end.records);
	r->begin = r->offset;
	if (fill(r, 1, e))
		return -1;
	if (left(r))
		return refuse(r, e, "something follows the end");
	r->ended = true;
	return 0;
}

static int read_records(struct trace_reader *r, struct sim_error *e)
{
	if (next_block(r, e))
		return -1;
	r->at = 0;
	if (head(r)->type == TRACE_END)
		return read_end(r, e);
	if (head(r)->type != TRACE_RECORDS)
		return refuse(r, e, "a block of unknown type");
	if (!head(r)->nr || head(r)->nr > TRACE_BLOCK_RECORDS ||
	    contents_size(r) != head(r)->nr * sizeof(struct np_record))
		return refuse(r, e, "impossible number of records");
	return 0;
}

static bool block_has_more(const struct trace_reader *r)
{
	return r->block && head(r)->type == TRACE_RECORDS &&
	       r->at < head(r)->nr;
}

static int check_record(struct trace_reader *r, const struct np_record *rec,
			struct sim_error *e)
{
	const char *why = trace_check(&r->m, rec);

	if (!why && rec->seq != r->number)
		why = "its number";
	if (!why)
		return 0;
	return refuse(r, e, "record %llu is impossible: %s",
		      (unsigned long long)r->number, why);
}

int trace_reader_next(struct trace_reader *r, struct np_record *ret,
		      struct sim_error *e)
{
	if (!r->ended && !block_has_more(r) && read_records(r, e))
		return -1;
	if (r->ended)
		return 0;
	memcpy(ret, contents(r) + r->at * sizeof(*ret), sizeof(*ret));
	if (check_record(r, ret, e))
		return -1;
	r->at++;
	r->number++;
	return 1;
}

/* -------------------------------------------------------------------- life */

static int begin(struct trace_reader *r, struct sim_error *e)
{
	r->z = ZSTD_createDCtx();
	if (!r->z)
		return sim_fail(e, "out of memory");
	ZSTD_DCtx_setParameter(r->z, ZSTD_d_windowLogMax, WINDOW_LOG);
	return read_start(r, e) ? -1 : read_machine(r, e);
}

struct trace_reader *trace_reader_open(FILE *f, const char *name,
				       struct sim_error *e)
{
	struct trace_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		sim_fail(e, "out of memory");
		return NULL;
	}
	r->f = f;
	r->name = name;
	if (!begin(r, e))
		return r;
	trace_reader_free(r);
	return NULL;
}

const struct np_machine *trace_reader_machine(const struct trace_reader *r)
{
	return &r->m;
}

const struct trace_info *trace_reader_info(const struct trace_reader *r)
{
	return &r->info;
}

void trace_reader_free(struct trace_reader *r)
{
	if (!r)
		return;
	ZSTD_freeDCtx(r->z);
	free(r->block);
	free(r->machine);
	free(r);
}
