// SPDX-License-Identifier: GPL-2.0
/* Trace files: writing. */
#include "trace_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <numaplace/uapi.h>

#define LEVEL 3		/* zstd's own default: about 10 to 1, 5 million records/s */

/**
 * struct trace_writer - a file being written
 * @block:	the block that is being filled
 * @packed:	room for any block once it is compressed
 * @written:	records in blocks that were written
 */
struct trace_writer {
	FILE *f;
	ZSTD_CCtx *z;
	struct {
		struct trace_block head;
		struct np_record rec[TRACE_BLOCK_RECORDS];
	} block;
	void *packed;
	size_t room;
	uint64_t written;
};

static int put(struct trace_writer *w, const void *data, size_t size,
	       struct sim_error *e)
{
	errno = 0;
	if (fwrite(data, 1, size, w->f) == size)
		return 0;
	return sim_fail(e, "%s", errno ? strerror(errno) : "short write");
}

static int out_of_memory(struct sim_error *e)
{
	return sim_fail(e, "out of memory");
}

static int make_room(struct trace_writer *w, size_t size)
{
	size_t room = ZSTD_compressBound(size);

	if (room <= w->room)
		return 0;
	free(w->packed);
	w->packed = malloc(room);
	w->room = w->packed ? room : 0;
	return w->packed ? 0 : -1;
}

/* A block says its own size, and a flipped bit in it does not go unnoticed. */
static int put_block(struct trace_writer *w, const void *data, size_t size,
		     struct sim_error *e)
{
	size_t n;

	if (make_room(w, size))
		return out_of_memory(e);
	n = ZSTD_compress2(w->z, w->packed, w->room, data, size);
	if (ZSTD_isError(n))
		return sim_fail(e, "compression: %s", ZSTD_getErrorName(n));
	return put(w, w->packed, n, e);
}

static int put_start(struct trace_writer *w, struct sim_error *e)
{
	struct trace_start start = {
		.magic = TRACE_MAGIC, .version = TRACE_VERSION,
	};

	return put(w, &start, sizeof(start), e);
}

/* Appends to a block whose size was computed before. */
static void append(char **at, const void *data, size_t size)
{
	memcpy(*at, data, size);
	*at += size;
}

static void describe(char *at, const struct np_machine *m,
		     const struct trace_info *info)
{
	struct trace_block head = { .type = TRACE_MACHINE };
	struct trace_machine t = {
		.abi = NP_ABI,
		.record_size = sizeof(struct np_record),
		.page_shift = NP_PAGE_SHIFT,
		.nr_nodes = m->nr_nodes,
		.nr_cpus = m->nr_cpus,
	};

	snprintf(t.origin, sizeof(t.origin), "%s", info->origin);
	snprintf(t.command, sizeof(t.command), "%s", info->command);
	append(&at, &head, sizeof(head));
	append(&at, &t, sizeof(t));
	append(&at, m->node_flags, m->nr_nodes);
	append(&at, m->cpu_node, m->nr_cpus * sizeof(*m->cpu_node));
	append(&at, m->distance, (size_t)m->nr_nodes * m->nr_nodes);
}

static int put_machine(struct trace_writer *w, const struct np_machine *m,
		       const struct trace_info *info, struct sim_error *e)
{
	size_t size = sizeof(struct trace_block) + sizeof(struct trace_machine) +
		      m->nr_nodes + m->nr_cpus * sizeof(*m->cpu_node) +
		      (size_t)m->nr_nodes * m->nr_nodes;
	char *block = malloc(size);
	int ret;

	if (!block)
		return out_of_memory(e);
	describe(block, m, info);
	ret = put_block(w, block, size, e);
	free(block);
	return ret;
}

static int begin(struct trace_writer *w, const struct np_machine *m,
		 const struct trace_info *info, struct sim_error *e)
{
	const char *why = trace_check_machine(m);

	if (why)
		return sim_fail(e, "this machine cannot be described: %s", why);
	w->z = ZSTD_createCCtx();
	if (!w->z)
		return out_of_memory(e);
	ZSTD_CCtx_setParameter(w->z, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(w->z, ZSTD_c_checksumFlag, 1);
	return put_start(w, e) ? -1 : put_machine(w, m, info, e);
}

struct trace_writer *trace_writer_open(FILE *f, const struct np_machine *m,
				       const struct trace_info *info,
				       struct sim_error *e)
{
	struct trace_writer *w = calloc(1, sizeof(*w));

	if (!w) {
		out_of_memory(e);
		return NULL;
	}
	w->f = f;
	w->block.head.type = TRACE_RECORDS;
	if (!begin(w, m, info, e))
		return w;
	trace_writer_free(w);
	return NULL;
}

static int put_records(struct trace_writer *w, struct sim_error *e)
{
	size_t nr = w->block.head.nr;

	if (!nr)
		return 0;
	if (put_block(w, &w->block, sizeof(w->block.head) +
		      nr * sizeof(w->block.rec[0]), e))
		return -1;
	w->written += nr;
	w->block.head.nr = 0;
	return 0;
}

int trace_writer_add(struct trace_writer *w, const struct np_record *rec,
		     struct sim_error *e)
{
	struct np_record *slot = &w->block.rec[w->block.head.nr];

	*slot = *rec;
	slot->seq = trace_writer_records(w);
	w->block.head.nr++;
	return w->block.head.nr < TRACE_BLOCK_RECORDS ? 0 : put_records(w, e);
}

uint64_t trace_writer_records(const struct trace_writer *w)
{
	return w->written + w->block.head.nr;
}

int trace_writer_close(struct trace_writer *w, struct sim_error *e)
{
	struct {
		struct trace_block head;
		struct trace_end end;
	} last = { .head.type = TRACE_END };

	if (put_records(w, e))
		return -1;
	last.end.records = w->written;
	if (put_block(w, &last, sizeof(last), e))
		return -1;
	errno = 0;
	if (!fflush(w->f))
		return 0;
	return sim_fail(e, "%s", strerror(errno));
}

void trace_writer_free(struct trace_writer *w)
{
	if (!w)
		return;
	ZSTD_freeCCtx(w->z);
	free(w->packed);
	free(w);
}
