// SPDX-License-Identifier: GPL-2.0
/*
 * Trace files: what is written is read again, and nothing else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#include <numaplace/uapi.h>

#include "history.h"
#include "replay/trace_file.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct trace_info info = { "a test", "true --quick" };

/* A file in memory. */
struct file {
	char *data;
	size_t size;
};

static FILE *create(struct file *f)
{
	FILE *stream = open_memstream(&f->data, &f->size);

	assert_non_null(stream);
	return stream;
}

static void write_machine(struct file *f, const struct np_machine *m,
			  const struct np_record *rec, size_t nr)
{
	FILE *stream = create(f);
	struct sim_error e = { "" };
	struct trace_writer *w = trace_writer_open(stream, m, &info, &e);

	assert_non_null(w);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(trace_writer_add(w, &rec[i], &e), 0);
	assert_int_equal(trace_writer_records(w), nr);
	assert_int_equal(trace_writer_close(w, &e), 0);
	trace_writer_free(w);
	fclose(stream);
}

static void write_file(struct file *f, const struct np_record *rec, size_t nr)
{
	write_machine(f, &history_machine, rec, nr);
}

/* Return: number of records read, or -1 with a message. */
static long read_file(const struct file *f, struct np_record *rec, size_t room,
		      struct sim_error *e)
{
	char nothing = 0;
	FILE *stream = fmemopen(f->size ? f->data : &nothing, f->size ? f->size : 1,
				"r");
	struct trace_reader *r;
	struct np_record one;
	size_t nr = 0;
	int ret = -1;

	assert_non_null(stream);
	if (!f->size)
		fgetc(stream);
	e->text[0] = '\0';
	r = trace_reader_open(stream, "f", e);
	while (r && (ret = trace_reader_next(r, &one, e)) > 0) {
		if (nr < room)
			rec[nr] = one;
		nr++;
	}
	if (ret < 0)
		assert_true(e->text[0]);
	trace_reader_free(r);
	fclose(stream);
	return ret < 0 ? -1 : (long)nr;
}

static void refused(const struct file *f, const char *why)
{
	struct sim_error e;

	assert_int_equal(read_file(f, NULL, 0, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("'%s' instead of '%s'", e.text, why);
}

/* ------------------------------------------------------------- there and back */

static void what_is_written_is_read(void **state)
{
	struct np_record *rec;
	struct history h;
	struct sim_error e;
	struct file f;

	(void)state;
	history_invent(&h, "chaos", 20000, 1);
	assert_true(h.nr > 4 * TRACE_BLOCK_RECORDS);
	write_file(&f, h.rec, h.nr);
	rec = calloc(h.nr, sizeof(*rec));
	assert_int_equal(read_file(&f, rec, h.nr, &e), h.nr);
	assert_memory_equal(rec, h.rec, h.nr * sizeof(*rec));
	assert_true(f.size < h.nr * sizeof(*rec) / 2);
	free(rec);
	free(f.data);
	history_free(&h);
}

static void a_block_is_filled_to_the_brim(void **state)
{
	static const size_t sizes[] = {
		0, 1, TRACE_BLOCK_RECORDS - 1, TRACE_BLOCK_RECORDS,
		TRACE_BLOCK_RECORDS + 1, 2 * TRACE_BLOCK_RECORDS,
	};
	struct history h;
	struct sim_error e;
	struct file f;

	(void)state;
	history_invent(&h, "none", 20000, 2);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		write_file(&f, h.rec, sizes[i]);
		assert_int_equal(read_file(&f, NULL, 0, &e), sizes[i]);
		free(f.data);
	}
	history_free(&h);
}

static void assert_machine(const struct np_machine *got,
			   const struct np_machine *m)
{
	assert_int_equal(got->nr_nodes, m->nr_nodes);
	assert_int_equal(got->nr_cpus, m->nr_cpus);
	assert_memory_equal(got->node_flags, m->node_flags, m->nr_nodes);
	assert_memory_equal(got->cpu_node, m->cpu_node,
			    m->nr_cpus * sizeof(*m->cpu_node));
	assert_memory_equal(got->distance, m->distance,
			    (size_t)m->nr_nodes * m->nr_nodes);
}

static void read_machine_back(const struct np_machine *m)
{
	struct trace_reader *r;
	struct sim_error e;
	struct file f;
	FILE *stream;

	write_machine(&f, m, NULL, 0);
	stream = fmemopen(f.data, f.size, "r");
	r = trace_reader_open(stream, "f", &e);
	assert_non_null(r);
	assert_machine(trace_reader_machine(r), m);
	assert_string_equal(trace_reader_info(r)->origin, info.origin);
	assert_string_equal(trace_reader_info(r)->command, info.command);
	trace_reader_free(r);
	fclose(stream);
	free(f.data);
}

static void the_machine_is_read(void **state)
{
	(void)state;
	read_machine_back(&history_machine);
}

static void the_largest_machine_is_read(void **state)
{
	static u8 flags[NP_MAX_NODES], distance[NP_MAX_NODES * NP_MAX_NODES];
	static s16 cpu_node[TRACE_MAX_CPUS];
	struct np_machine m = {
		.nr_nodes = NP_MAX_NODES, .nr_cpus = TRACE_MAX_CPUS,
		.node_flags = flags, .cpu_node = cpu_node, .distance = distance,
	};
	uint64_t dice = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(distance); i++)
		distance[i] = history_random(&dice, 256);	/* hard to compress */
	for (size_t i = 0; i < TRACE_MAX_CPUS; i++)
		cpu_node[i] = history_random(&dice, NP_MAX_NODES);
	read_machine_back(&m);
}

/* ---------------------------------------------------------------------- damage */

static void a_file_that_is_cut_off_is_refused(void **state)
{
	struct history h;
	struct sim_error e;
	struct file f, part;

	(void)state;
	history_invent(&h, "moron", 40, 4);
	write_file(&f, h.rec, h.nr);
	for (size_t size = 0; size < f.size; size++) {
		part = (struct file){ f.data, size };
		assert_int_equal(read_file(&part, NULL, 0, &e), -1);
		assert_true(strstr(e.text, "cut off") ||
			    strstr(e.text, "not a trace"));
	}
	free(f.data);
	history_free(&h);
}

/* zstd leaves a few bits unused; these may be anything. */
static void a_flipped_bit_is_refused_or_does_nothing(void **state)
{
	struct np_record rec[200];
	unsigned int harmless = 0;
	struct history h;
	struct sim_error e;
	struct file f;

	(void)state;
	history_invent(&h, "moron", 40, 5);
	assert_true(h.nr <= ARRAY_SIZE(rec));
	write_file(&f, h.rec, h.nr);
	for (size_t bit = 0; bit < 8 * f.size; bit++) {
		f.data[bit / 8] ^= 1 << bit % 8;
		if (read_file(&f, rec, h.nr, &e) >= 0) {
			assert_memory_equal(rec, h.rec,
					    h.nr * sizeof(*rec));
			harmless++;
		} else {
			assert_non_null(strstr(e.text, "f: at byte "));
		}
		f.data[bit / 8] ^= 1 << bit % 8;
	}
	assert_true(harmless < f.size / 8);
	free(f.data);
	history_free(&h);
}

/* The block that is damaged is named by its first byte. */
static void damage_is_told_by_its_place(void **state)
{
	struct history h;
	struct file f;
	char why[64];
	size_t end;

	(void)state;
	history_invent(&h, "moron", 20000, 6);
	write_file(&f, h.rec, 0);
	end = sizeof(struct trace_start) +
	      ZSTD_findFrameCompressedSize(f.data + sizeof(struct trace_start),
					   f.size - sizeof(struct trace_start));
	free(f.data);
	write_file(&f, h.rec, h.nr);
	f.data[end + 2000] ^= 1;
	snprintf(why, sizeof(why), "f: at byte %zu: the block is damaged", end);
	refused(&f, why);
	free(f.data);
	history_free(&h);
}

static void what_is_no_trace_is_refused(void **state)
{
	static char text[] = "a text that is long enough to be something else";
	struct trace_start start = {
		.magic = TRACE_MAGIC, .version = TRACE_VERSION + 1,
	};
	struct file f = { text, sizeof(text) };

	(void)state;
	refused(&f, "f: at byte 0: not a trace of numaplace");
	f.size = 0;
	refused(&f, "not a trace of numaplace");
	f = (struct file){ (char *)&start, sizeof(start) };
	refused(&f, "version 2; this program reads version 1");
	start.version = TRACE_VERSION;
	refused(&f, "cut off");
	start.reserved = 1;
	refused(&f, "should be zero");
}

/* ------------------------------------------------------------------------ lies */

/* Blocks with right checksums and wrong contents. */
static void put_block(FILE *f, uint32_t type, uint32_t nr, const void *data,
		      size_t size)
{
	struct trace_block head = { type, nr };
	size_t room = ZSTD_compressBound(sizeof(head) + size), n;
	char *block = malloc(sizeof(head) + size), *packed = malloc(room);
	ZSTD_CCtx *z = ZSTD_createCCtx();

	memcpy(block, &head, sizeof(head));
	if (size)
		memcpy(block + sizeof(head), data, size);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(z, packed, room, block, sizeof(head) + size);
	assert_false(ZSTD_isError(n));
	assert_int_equal(fwrite(packed, 1, n, f), n);
	ZSTD_freeCCtx(z);
	free(packed);
	free(block);
}

static void put_start(FILE *f)
{
	struct trace_start start = {
		.magic = TRACE_MAGIC, .version = TRACE_VERSION,
	};

	fwrite(&start, sizeof(start), 1, f);
}

/* One node, one CPU. */
struct small {
	struct trace_machine m;
	uint8_t tables[4];
};

static struct small small(void)
{
	return (struct small){
		.m = {
			.abi = NP_ABI,
			.record_size = sizeof(struct np_record),
			.page_shift = NP_PAGE_SHIFT,
			.nr_nodes = 1, .nr_cpus = 1,
		},
		.tables = { NP_NODE_MEMORY | NP_NODE_CPU, 0, 0, 10 },
	};
}

static void machine_refused(const struct small *s, size_t size, uint32_t type,
			    const char *why)
{
	struct file f;
	FILE *stream = create(&f);

	put_start(stream);
	put_block(stream, type, 0, s, size);
	fclose(stream);
	refused(&f, why);
	free(f.data);
}

#define MACHINE_REFUSED(change, why) do {				\
	struct small s = small();					\
	s.change;							\
	machine_refused(&s, sizeof(s), TRACE_MACHINE, why);		\
} while (0)

static void a_machine_that_cannot_be_is_refused(void **state)
{
	struct small s = small();

	(void)state;
	MACHINE_REFUSED(m.abi = 2, "another version of the module");
	MACHINE_REFUSED(m.record_size = 72, "another version of the module");
	MACHINE_REFUSED(m.page_shift = 16, "pages of another size");
	MACHINE_REFUSED(m.reserved = 1, "should be zero");
	MACHINE_REFUSED(m.nr_nodes = 2, "tables of another size");
	MACHINE_REFUSED(m.nr_cpus = 2, "tables of another size");
	MACHINE_REFUSED(m.origin[0] = '\n', "a text that is none");
	MACHINE_REFUSED(m.command[3] = 0x7f, "cut off");	/* behind its end */
	MACHINE_REFUSED(tables[0] = 4, "unknown flags of a node");
	MACHINE_REFUSED(tables[1] = 1, "a node that does not exist");
	memset(s.m.command, 'x', sizeof(s.m.command));
	machine_refused(&s, sizeof(s), TRACE_MACHINE, "a text that is none");
	machine_refused(&s, sizeof(s.m) - 1, TRACE_MACHINE, "machine is missing");
	machine_refused(&s, sizeof(s), TRACE_RECORDS, "the machine is missing");
	s = small();
	s.m.nr_nodes = s.m.nr_cpus = 0;
	machine_refused(&s, sizeof(s.m), TRACE_MACHINE, "number of nodes");
}

/* A file with this one block behind the machine. */
static void block_refused(uint32_t type, uint32_t nr, const void *data,
			  size_t size, const char *why)
{
	struct small s = small();
	struct file f;
	FILE *stream = create(&f);

	put_start(stream);
	put_block(stream, TRACE_MACHINE, 0, &s, sizeof(s));
	put_block(stream, type, nr, data, size);
	fclose(stream);
	refused(&f, why);
	free(f.data);
}

static void blocks_that_lie_are_refused(void **state)
{
	static struct np_record rec[TRACE_BLOCK_RECORDS + 1];
	struct trace_end end = { 1 };

	(void)state;
	block_refused(TRACE_MACHINE, 0, rec, 64, "unknown type");
	block_refused(4, 0, rec, 64, "unknown type");
	block_refused(TRACE_RECORDS, 0, rec, 0, "number of records");
	block_refused(TRACE_RECORDS, 2, rec, 64, "number of records");
	block_refused(TRACE_RECORDS, 1, rec, 63, "number of records");
	block_refused(TRACE_RECORDS, TRACE_BLOCK_RECORDS + 1, rec, sizeof(rec),
		      "number of records");
	block_refused(TRACE_END, 0, &end, sizeof(end),
		      "0 records, and there should be 1");
	block_refused(TRACE_END, 0, &end, 4, "impossible size");
	end.records = 0;
	block_refused(TRACE_END, 1, &end, sizeof(end), "impossible size");
	block_refused(TRACE_RECORDS, 1, rec, 64, "record 0 is impossible");
}

static void put_frame(FILE *f, const void *data, size_t size, int checksum,
		      int content_size)
{
	char packed[4096];
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, checksum);
	ZSTD_CCtx_setParameter(z, ZSTD_c_contentSizeFlag, content_size);
	n = ZSTD_compress2(z, packed, sizeof(packed), data, size);
	assert_false(ZSTD_isError(n));
	fwrite(packed, 1, n, f);
	ZSTD_freeCCtx(z);
}

static void frame_refused(size_t size, int checksum, int content_size,
			  const char *why)
{
	static char zeros[64 << 20];
	struct file f;
	FILE *stream = create(&f);

	put_start(stream);
	put_frame(stream, zeros, size, checksum, content_size);
	fclose(stream);
	refused(&f, why);
	free(f.data);
}

/* No memory is taken for a file that claims to be large. */
static void other_kinds_of_zstd_are_refused(void **state)
{
	(void)state;
	frame_refused(1000, 0, 1, "no block begins here");
	frame_refused(1000, 1, 0, "impossible size");
	frame_refused(0, 1, 1, "impossible size");
	frame_refused(4, 1, 1, "impossible size");
	frame_refused(2 << 20, 1, 1, "impossible size");
}

static void what_follows_the_end_is_refused(void **state)
{
	struct file f;
	char *more;

	(void)state;
	write_file(&f, NULL, 0);
	more = malloc(f.size + 1);
	memcpy(more, f.data, f.size);
	more[f.size] = 0;
	free(f.data);
	f = (struct file){ more, f.size + 1 };
	refused(&f, "something follows the end");
	free(f.data);
}

/* --------------------------------------------------------------------- records */

static struct np_record good_record(unsigned int type)
{
	return (struct np_record){
		.time_ns = 5, .addr = 0x1000, .pid = 3, .tid = 4, .pages = 1,
		.cpu = 1, .last_cpu = NP_NO_CPU, .src = 0, .asked = NP_NO_NODE,
		.dst = 0, .type = type, .node = 1, .last_node = NP_NO_NODE,
	};
}

static void check(const struct np_record *r, const char *why)
{
	const char *got = trace_check(&history_machine, r);

	if (!why && got)
		fail_msg("type %u: '%s'", r->type, got);
	if (why && (!got || !strstr(got, why)))
		fail_msg("type %u: '%s' instead of '%s'", r->type,
			 got ? got : "fine", why);
}

#define CHECK(kind, change, why) do {					\
	struct np_record r = good_record(kind);				\
	r.change;							\
	check(&r, why);							\
} while (0)

static void what_the_policy_code_writes_is_possible(void **state)
{
	struct history h;

	(void)state;
	history_invent(&h, "chaos_all", 20000, 7);
	for (size_t i = 0; i < h.nr; i++)
		check(&h.rec[i], NULL);
	history_free(&h);
	history_invent(&h, "rogue:mode=6", 20000, 8);
	for (size_t i = 0; i < h.nr; i++)
		check(&h.rec[i], NULL);
	history_free(&h);
}

static void any_record_is_about_what_exists(void **state)
{
	static const unsigned int types[] = {
		NP_REC_PAGE, NP_REC_KEPT, NP_REC_WINDOW, NP_REC_EXIT,
	};

	(void)state;
	CHECK(0, pid = 3, "unknown type");
	CHECK(NP_REC_END_DECISIONS, pid = 3, "unknown type");
	CHECK(NP_REC_FEED - 1, pid = 3, "unknown type");
	CHECK(NP_REC_END_FEED, pid = 3, "unknown type");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		CHECK(types[i], flags = 0, NULL);
		CHECK(types[i], pid = 0, "id");
		CHECK(types[i], tid = 0x80000000, "id");
		CHECK(types[i], verdict = NP_NR_VERDICTS, "verdict");
		CHECK(types[i], reason = NP_NR_REASONS, "reason");
		CHECK(types[i], state = 8, "state");
		CHECK(types[i], src = HISTORY_NODES, "node");
		CHECK(types[i], dst = -2, "node");
		CHECK(types[i], node = HISTORY_NODES, "node");
		CHECK(types[i], last_node = -2, "node");
		CHECK(types[i], cpu = HISTORY_CPUS, "CPU");
		CHECK(types[i], last_cpu = -2, "CPU");
	}
}

static void a_sample_is_whole(void **state)
{
	(void)state;
	CHECK(NP_REC_PAGE, addr = 0x1001, "address within a page");
	CHECK(NP_REC_PAGE, pages = 0, "number of pages");
	CHECK(NP_REC_PAGE, pages = (1 << 20) + 1, "number of pages");
	CHECK(NP_REC_PAGE, flags = 0x80, "unknown flags");
	CHECK(NP_REC_PAGE, flags = NP_FAULT_LAZY, "it follows no memory policy");
	CHECK(NP_REC_PAGE, cpu = -1, "an access from nowhere");
	CHECK(NP_REC_PAGE, node = -1, "an access from nowhere");
	CHECK(NP_REC_PAGE, last_cpu = 0, "half an access");
	CHECK(NP_REC_PAGE, src = -1, "a page on no node");
	CHECK(NP_REC_PAGE, value = 1, "value");
	CHECK(NP_REC_PAGE, dst = -1, NULL);
	CHECK(NP_REC_MOVED, dst = -1, "a page on no node");
	CHECK(NP_REC_FAILED, pages = 0, "number of pages");
	CHECK(NP_REC_KEPT, src = -1, NULL);
	CHECK(NP_REC_KEPT, value = ~0ULL, NULL);
}

static void each_type_has_its_own_limits(void **state)
{
	(void)state;
	CHECK(NP_REC_PLAN, flags = NP_MOVES_MIN_BITS - 1, "table of moves");
	CHECK(NP_REC_PLAN, flags = NP_MOVES_MIN_BITS, NULL);
	CHECK(NP_REC_PLAN, flags = NP_MOVES_MAX_BITS + 1, "table of moves");
	CHECK(NP_REC_BOUND, flags = 2, "unknown flags");
	CHECK(NP_REC_JOINED, value = 1ULL << 32, "id of a process");
	CHECK(NP_REC_SCANNED, flags = 2, "unknown flags");
	CHECK(NP_REC_EXIT, flags = 2, "unknown flags");
	CHECK(NP_REC_MARKED, value = 1ULL << 32, "number of pages");
	CHECK(NP_REC_SPEC, pages = NP_SPEC_LEN, "policy's name");
	CHECK(NP_REC_SPEC, pages = 8, "policy's name");
	CHECK(NP_REC_ATTACH, value = NP_CAN_ALL + 1, "abilities");
	CHECK(NP_REC_FORK, value = 0, "parent");
	CHECK(NP_REC_FORK, value = 3, "parent");
	CHECK(NP_REC_FORK, value = 1ULL << 32, "parent");
	CHECK(NP_REC_FORK, value = 9, NULL);
	CHECK(NP_REC_TASK, cpu = 12345, NULL);	/* refused by the core */
	CHECK(NP_REC_WORKED, addr = 5, "address within a page");
	CHECK(NP_REC_WORKED, pages = 0, "number of pages");
	CHECK(NP_REC_WORKED, src = -1, "a page on no node");
}

static void records_are_numbered(void **state)
{
	struct np_record rec[2] = {
		good_record(NP_REC_EXEC), good_record(NP_REC_EXEC),
	};
	struct file f;
	FILE *stream = create(&f);
	struct small s = small();

	(void)state;
	for (int i = 0; i < 2; i++)
		rec[i].cpu = rec[i].node = 0;
	put_start(stream);
	put_block(stream, TRACE_MACHINE, 0, &s, sizeof(s));
	put_block(stream, TRACE_RECORDS, 2, rec, sizeof(rec));
	fclose(stream);
	refused(&f, "record 1 is impossible: its number");
	free(f.data);
}

/* --------------------------------------------------------------------- writing */

static void a_machine_that_no_reader_takes_is_not_written(void **state)
{
	struct np_machine m = history_machine;
	struct sim_error e;
	struct file f;
	FILE *stream = create(&f);

	(void)state;
	m.nr_cpus = 0;
	assert_null(trace_writer_open(stream, &m, &info, &e));
	assert_non_null(strstr(e.text, "number of CPUs"));
	fclose(stream);
	free(f.data);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct sim_error e = { "" };
	struct trace_writer *w;

	(void)state;
	assert_non_null(full);
	w = trace_writer_open(full, &history_machine, &info, &e);
	assert_non_null(w);
	assert_int_equal(trace_writer_close(w, &e), -1);
	assert_string_equal(e.text, "No space left on device");
	trace_writer_free(w);
	fclose(full);
}

static int setup(void **state)
{
	(void)state;
	history_policies();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_block_is_filled_to_the_brim),
		cmocka_unit_test(the_machine_is_read),
		cmocka_unit_test(the_largest_machine_is_read),
		cmocka_unit_test(a_file_that_is_cut_off_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_does_nothing),
		cmocka_unit_test(damage_is_told_by_its_place),
		cmocka_unit_test(what_is_no_trace_is_refused),
		cmocka_unit_test(a_machine_that_cannot_be_is_refused),
		cmocka_unit_test(blocks_that_lie_are_refused),
		cmocka_unit_test(other_kinds_of_zstd_are_refused),
		cmocka_unit_test(what_follows_the_end_is_refused),
		cmocka_unit_test(what_the_policy_code_writes_is_possible),
		cmocka_unit_test(any_record_is_about_what_exists),
		cmocka_unit_test(a_sample_is_whole),
		cmocka_unit_test(each_type_has_its_own_limits),
		cmocka_unit_test(records_are_numbered),
		cmocka_unit_test(a_machine_that_no_reader_takes_is_not_written),
		cmocka_unit_test(a_full_disk_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, NULL);
}
