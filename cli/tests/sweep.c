// SPDX-License-Identifier: GPL-2.0
/*
 * Sweeps without simulating: what is planned, who makes it, what the database
 * keeps, and what tables make of it.
 */
#include "common.h"
#undef fail	/* the framework has one, too */
#include "cli.h"
#include "chart.h"
#include "claim.h"
#include "derive.h"
#include "digest.h"
#include "human.h"
#include "ranks.h"
#include "store.h"
#include "sweep_cells.h"
#include "sweep_plan.h"
#include "sweep_report.h"
#include "sweep_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sweep_args asked(void)
{
	return (struct sweep_args){
		.topologies = "2x2,mesh:4x1", .workloads = "numa02,phases",
		.policies = "off,moron", .thp = "never", .costs = "server",
		.preempt = "voluntary", .seconds = 10, .seeds = 3,
	};
}

/* ----------------------------------------------------------------- planning */

static void all_combinations_are_planned(void **state)
{
	struct sweep_args args = asked();
	struct sweep_plan plan;

	(void)state;
	args.thp = "both";
	args.memory = 64;
	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(plan.nr, 2 * 2 * 3 * 2 * 3);
	for (size_t i = 0; i < plan.nr; i++)
		for (size_t j = 0; j < i; j++)
			assert_true(plan.point[i].id != plan.point[j].id);
	assert_string_equal(plan.point[0].key.of[KEY_ON], "sim");
	assert_string_equal(plan.point[0].key.of[KEY_TOPOLOGY], "2x2");
	assert_string_equal(plan.point[0].key.of[KEY_THP], "never");
	assert_string_equal(plan.point[0].key.of[KEY_MEMORY], "64");
	assert_string_equal(plan.point[3].key.of[KEY_THP], "always");
	assert_string_equal(plan.point[5].key.of[KEY_SEED], "3");
	sweep_plan_free(&plan);
}

static size_t count_policy(const struct sweep_plan *plan, const char *policy)
{
	size_t nr = 0;

	for (size_t i = 0; i < plan->nr; i++)
		nr += !strcmp(plan->point[i].key.of[KEY_POLICY], policy);
	return nr;
}

static void placement_by_hand_is_planned_once(void **state)
{
	struct sweep_args args = asked();
	struct sweep_plan plan;

	(void)state;
	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(count_policy(&plan, "hand"), 2 * 2 * 3);
	sweep_plan_free(&plan);
	args.policies = "hand,off";
	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(count_policy(&plan, "hand"), 2 * 2 * 3);
	assert_int_equal(plan.nr, 2 * 2 * 2 * 3);
	sweep_plan_free(&plan);
}

static void not_planned(struct sweep_args args, const char *why)
{
	struct sweep_plan plan;

	hush();
	assert_int_equal(sweep_plan_init(&plan, &args), -1);
	assert_said(why);
}

static void lists_that_make_no_sense_are_refused(void **state)
{
	struct sweep_args args = asked();

	(void)state;
	args.topologies = "2x2,,4x4";
	not_planned(args, "empty topology in the list");
	args = asked();
	args.workloads = "numa02,numa02";
	not_planned(args, "workload 'numa02' is listed twice");
	args = asked();
	args.policies = "off,Moron!";
	not_planned(args, "'Moron!' is not NAME");
	args = asked();
	args.seeds = 1000000;
	not_planned(args, "that would be 12000000 points; a sweep has at most");
}

static void not_loaded(struct sweep_args args, const char *why)
{
	struct sweep_plan plan;

	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	hush();
	assert_int_equal(sweep_plan_load(&plan), -1);
	assert_said(why);
	sweep_plan_free(&plan);
}

static void what_cannot_be_simulated_is_refused_early(void **state)
{
	struct sweep_args args = asked();

	(void)state;
	args.topologies = "2x2,2x0";
	not_loaded(args, "2x0");
	args = asked();
	args.workloads = "numa02,nonsense";
	not_loaded(args, "nonsense");
	args = asked();
	args.workloads = "numa02:nonsense=1";
	not_loaded(args, "nonsense");
	args = asked();
	args.policies = "off,nonsense";
	not_loaded(args, "nonsense");
}

/* -------------------------------------------------------------------- ranks */

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The first points of a rank's order are its share; all have all points. */
static void take_share(int64_t *all, size_t *nr, unsigned int rank,
		       unsigned int size)
{
	struct sweep_args args = asked();
	struct sweep_plan plan;
	size_t share;

	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(sweep_plan_load(&plan), 0);
	assert_int_equal(sweep_plan_order(&plan, rank, size), 0);
	share = (plan.nr + size - 1 - rank) / size;
	for (size_t i = 1; i < share; i++)
		assert_true(plan.point[i - 1].weight >= plan.point[i].weight);
	for (size_t i = 0; i < share; i++)
		all[(*nr)++] = plan.point[i].id;
	assert_int_equal(plan.nr, 36);
	sweep_plan_free(&plan);
}

static void shares_of_ranks_are_all_points_once(void **state)
{
	(void)state;
	for (unsigned int size = 1; size < 50; size += 3) {
		int64_t all[64];
		size_t nr = 0;

		for (unsigned int rank = 0; rank < size; rank++)
			take_share(all, &nr, rank, size);
		assert_int_equal(nr, 36);
		qsort(all, nr, sizeof(*all), by_number);
		for (size_t i = 1; i < nr; i++)
			assert_true(all[i] != all[i - 1]);
	}
}

static void longer_points_come_first(void **state)
{
	struct sweep_args args = asked();
	struct sweep_plan plan;

	(void)state;
	args.topologies = "1x1,8x8";
	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(sweep_plan_load(&plan), 0);
	assert_int_equal(sweep_plan_order(&plan, 0, 1), 0);
	assert_string_equal(plan.point[0].key.of[KEY_TOPOLOGY], "8x8");
	assert_string_equal(plan.point[plan.nr - 1].key.of[KEY_TOPOLOGY],
			    "1x1");
	sweep_plan_free(&plan);
}

static const char *const variables[] = {
	"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
	"OMPI_COMM_WORLD_LOCAL_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK",
	"MPI_LOCALNRANKS", "SLURM_PROCID", "SLURM_NTASKS",
	"SLURM_TASKS_PER_NODE",
};

static int alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		unsetenv(variables[i]);
	return 0;
}

static void assert_ranks(unsigned int rank, unsigned int size,
			 unsigned int local)
{
	struct ranks r;

	assert_int_equal(ranks_find(&r), 0);
	assert_int_equal(r.rank, rank);
	assert_int_equal(r.size, size);
	assert_int_equal(r.local, local);
	assert_true(ranks_cores(&r) >= 1);
}

static void launchers_are_understood(void **state)
{
	(void)state;
	assert_ranks(0, 1, 1);
	setenv("SLURM_PROCID", "5", 1);
	assert_ranks(0, 1, 1);
	setenv("SLURM_NTASKS", "8", 1);
	assert_ranks(5, 8, 8);
	setenv("SLURM_TASKS_PER_NODE", "3(x2),2", 1);
	assert_ranks(5, 8, 3);
	setenv("PMI_RANK", "1", 1);
	setenv("PMI_SIZE", "3", 1);
	assert_ranks(1, 3, 3);
	setenv("OMPI_COMM_WORLD_RANK", "2", 1);
	setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
	setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "2", 1);
	assert_ranks(2, 4, 2);
}

static void ranks_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[][3] = {
		{ "x", "2", "OMPI_COMM_WORLD_RANK is 'x', which is no number" },
		{ "", "2", "OMPI_COMM_WORLD_RANK is ''" },
		{ "-1", "2", "OMPI_COMM_WORLD_RANK is '-1'" },
		{ "0", "99999999999", "OMPI_COMM_WORLD_SIZE" },
		{ "2", "2", "OMPI_COMM_WORLD_RANK is 2, but "
			    "OMPI_COMM_WORLD_SIZE only 2" },
		{ "0", "0", "only 0" },
	};
	struct ranks r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		setenv("OMPI_COMM_WORLD_RANK", bad[i][0], 1);
		setenv("OMPI_COMM_WORLD_SIZE", bad[i][1], 1);
		hush();
		assert_int_equal(ranks_find(&r), -1);
		assert_said(bad[i][2]);
	}
}

/* Many on one host leave one CPU for each, never none. */
static void a_crowd_does_not_take_more_than_there_is(void **state)
{
	struct ranks few = { .size = 1, .local = 1 };
	struct ranks many = { .size = 100000, .local = 100000 };

	(void)state;
	assert_int_equal(ranks_cores(&many), 1);
	assert_true(ranks_cores(&few) >= 1);
	assert_true(ranks_cores(&few) <= sysconf(_SC_NPROCESSORS_ONLN));
}

/* --------------------------------------------------------------------- keys */

static struct sweep_key key(const char *topology, const char *policy,
			    const char *seed)
{
	return (struct sweep_key){ {
		[KEY_ON] = "sim", [KEY_TOPOLOGY] = topology,
		[KEY_WORKLOAD] = "numa02", [KEY_POLICY] = policy,
		[KEY_THP] = "never", [KEY_COSTS] = "server",
		[KEY_PREEMPT] = "voluntary", [KEY_MEMORY] = "0",
		[KEY_SECONDS] = "10", [KEY_SEED] = seed,
	} };
}

static void numbers_follow_from_keys(void **state)
{
	struct sweep_key a = key("2x2", "off", "1"), b = key("2x2", "off", "1");

	(void)state;
	assert_true(key_id(&a) == key_id(&b));
	assert_true(key_id(&a) >= 0);
	for (int i = 0; i < NR_KEYS; i++) {
		b = a;
		b.of[i] = "other";
		assert_true(key_id(&a) != key_id(&b));
	}
	/* what ends one text must not begin the next */
	a.of[KEY_MEMORY] = "01";
	a.of[KEY_SECONDS] = "0";
	b = a;
	b.of[KEY_MEMORY] = "0";
	b.of[KEY_SECONDS] = "10";
	assert_true(key_id(&a) != key_id(&b));
}

static void keys_have_the_order_of_people(void **state)
{
	struct sweep_key small = key("2x4", "off", "2");
	struct sweep_key large = key("16x4", "hand", "10");
	struct sweep_key stock = key("2x4", "stock", "1");
	struct sweep_key ours = key("2x4", "adaptive", "1");

	(void)state;
	assert_true(key_compare(&small, &large, KEY_TOPOLOGY) < 0);
	assert_true(key_compare(&small, &large, KEY_SEED) < 0);
	assert_true(key_compare(&small, &stock, KEY_POLICY) < 0);
	assert_true(key_compare(&stock, &ours, KEY_POLICY) < 0);
	assert_true(key_compare(&ours, &large, KEY_POLICY) < 0);
	assert_int_equal(key_find("workload"), KEY_WORKLOAD);
	assert_int_equal(key_find("seeds"), -1);
}

/* ----------------------------------------------------------------- database */

static char dir[] = "/tmp/numaplace-test-XXXXXX";

static int enter(void **state)
{
	(void)state;
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	return mkdtemp(dir) ? chdir(dir) : -1;
}

static int leave(void **state)
{
	(void)state;
	unlink("s");
	return chdir("/") || rmdir(dir);
}

/* A point of ten seconds with this share of local accesses from @from on. */
static int put(struct store *s, const struct sweep_key *k, double local,
	       int from)
{
	struct runs runs = { 0 };
	struct run *run = runs_add(&runs, "numa02", k->of[KEY_POLICY]);
	int ret;

	assert_non_null(run);
	for (int i = 0; i < 10; i++)
		add_second(run, i < from ? 0 : 1000 * local, 1000);
	run->guest = json_pack("{s:{s:f,s:s,s:f},s:{s:i}}",
			       "work", "work", local * 100, "unit", "MiB",
			       "fairness", 0.5, "sim", "task_moves", 7);
	assert_int_equal(derive_run(run), 0);
	ret = store_put(s, k, run);
	runs_free(&runs);
	return ret;
}

struct near {
	size_t nr;
	double of_hand[8];
	double seconds[8];
};

static int note_near(void *data, const struct stored *p)
{
	struct near *n = data;

	n->of_hand[n->nr] = p->figure[FIG_LOCAL_OF_HAND];
	n->seconds[n->nr++] = p->figure[FIG_SECONDS_TO_90];
	return 0;
}

/* The same whether the point by hand comes first, last, or in between. */
static void order_leaves_no_trace(void **state)
{
	struct sweep_key k[] = {
		key("2x2", "hand", "1"), key("2x2", "moron", "1"),
		key("2x2", "off", "1"), key("4x4", "off", "1"),
	};
	static const double local[] = { 0.8, 0.76, 0.2, 0.5 };

	(void)state;
	for (int first = 0; first < 4; first++) {
		struct near near = { 0 };
		struct store s;

		assert_int_equal(store_make(&s, "s"), 0);
		for (int i = 0; i < 4; i++) {
			int at = (first + i) % 4;

			assert_int_equal(put(&s, &k[at], local[at], 3), 0);
		}
		assert_int_equal(store_each(&s, note_near, &near), 0);
		assert_int_equal(near.nr, 4);
		assert_true(fabs(near.of_hand[1] - 0.95) < 1e-9);
		assert_true(near.seconds[1] == 5);
		assert_true(fabs(near.of_hand[2] - 0.25) < 1e-9);
		assert_true(isnan(near.seconds[2]));
		assert_true(isnan(near.of_hand[3]));
		assert_int_equal(store_check(&s), 0);
		store_pack(&s);
		store_close(&s);
		unlink("s");
	}
}

static int count(void *data, const struct stored *p)
{
	(void)p;
	++*(int *)data;
	return 0;
}

static void a_point_is_kept_once(void **state)
{
	struct sweep_key k = key("2x2", "off", "1"), other = k;
	struct store s;
	int nr = 0;

	(void)state;
	other.of[KEY_SEED] = "2";
	assert_int_equal(store_make(&s, "s"), 0);
	assert_int_equal(store_has(&s, &k), 0);
	assert_int_equal(put(&s, &k, 0.5, 0), 0);
	assert_int_equal(put(&s, &k, 0.9, 0), 0);
	assert_int_equal(store_has(&s, &k), 1);
	assert_int_equal(store_has(&s, &other), 0);
	assert_int_equal(store_each(&s, count, &nr), 0);
	assert_int_equal(nr, 1);
	store_pack(&s);
	store_close(&s);
}

static void a_changed_figure_is_noticed(void **state)
{
	static const char *const changes[] = {
		"UPDATE points SET work = work * 1.000000000000001",
		"UPDATE points SET seed = 2",
		"UPDATE points SET seal = seal + 1",
		"UPDATE curve SET local = local + 1 WHERE t = 3",
		"DELETE FROM curve WHERE t = 3",
	};
	struct sweep_key k = key("2x2", "off", "1");
	struct store s;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		assert_int_equal(store_make(&s, "s"), 0);
		assert_int_equal(put(&s, &k, 0.5, 0), 0);
		assert_int_equal(store_check(&s), 0);
		assert_int_equal(store_exec(&s, changes[i]), 0);
		hush();
		assert_int_equal(store_check(&s), -1);
		assert_said("s: is damaged (point");
		store_pack(&s);
		store_close(&s);
		unlink("s");
	}
}

static int try_make(const char *sql)
{
	struct store s;
	sqlite3 *db;
	int ret;

	assert_int_equal(sqlite3_open("s", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	hush();
	ret = store_make(&s, "s");
	if (!ret)
		store_close(&s);
	unlink("s");
	return ret;
}

static void files_of_others_are_left_alone(void **state)
{
	struct store s;

	(void)state;
	assert_int_equal(try_make("CREATE TABLE x(y)"), -1);
	assert_said("s: is a database of something else");
	assert_int_equal(try_make("PRAGMA user_version = 1"), -1);
	assert_said("something else");
	assert_int_equal(try_make("PRAGMA application_id = 1852861523;"
				  "PRAGMA user_version = 9"), -1);
	assert_said("has the format 9, this program knows only 2");
	hush();
	assert_int_equal(store_make(&s, "."), -1);
	assert_said(".: is no file");
	hush();
	assert_int_equal(store_make(&s, "/dev/null"), -1);
	assert_said("/dev/null: is no file");
	hush();
	assert_int_equal(store_make(&s, "no/s"), -1);
	assert_said("no/s: No such file or directory");
	hush();
	assert_int_equal(store_read(&s, "s"), -1);
	assert_said("s: No such file or directory");
}

/* A claim is held against other processes and other descriptors alike. */
static void a_claim_ends_with_its_holder(void **state)
{
	int ours = claim_open("s"), theirs = claim_open("s"), status;
	pid_t pid;

	(void)state;
	assert_true(claim_take(ours, 7, false));
	assert_false(claim_take(theirs, 7, false));
	assert_true(claim_take(theirs, INT64_MAX, false));
	claim_drop(ours, 7);
	close(theirs);
	pid = fork();
	if (!pid) {
		theirs = claim_open("s");
		claim_take(theirs, 7, false);
		_exit(0);
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(claim_take(ours, 7, true));
	close(ours);
}

static void a_changed_input_is_noticed(void **state)
{
	struct sweep_args args = asked();
	struct sweep_key k = key("2x2", "off", "1");
	struct sweep_plan plan;
	struct store s;

	(void)state;
	assert_int_equal(sweep_plan_init(&plan, &args), 0);
	assert_int_equal(store_make(&s, "s"), 0);
	assert_int_equal(store_begin(&s, &plan), 0);
	assert_int_equal(store_begin(&s, &plan), 0);
	assert_int_equal(store_exec(&s, "UPDATE inputs SET digest = 'x'"), 0);
	assert_int_equal(store_begin(&s, &plan), 0);	/* still no points */
	assert_int_equal(put(&s, &k, 0.5, 0), 0);
	assert_int_equal(store_exec(&s, "UPDATE inputs SET digest = 'x'"), 0);
	hush();
	assert_int_equal(store_begin(&s, &plan), -1);
	assert_said("its points are of another 'program numaplace'");
	store_pack(&s);
	store_close(&s);
	sweep_plan_free(&plan);
}

/* ------------------------------------------------------------------- tables */

static void fill(struct store *s)
{
	static const char *const policies[] = { "off", "moron", "hand" };
	static const char *const seeds[] = { "1", "2", "10" };

	for (int p = 0; p < 3; p++)
		for (int i = 0; i < 3; i++) {
			struct sweep_key k = key("2x2", policies[p], seeds[i]);
			double local = 0.2 + 0.3 * p + 0.1 * i;

			assert_int_equal(put(s, &k, local, i), 0);
		}
}

static void means_are_taken_over_seeds(void **state)
{
	struct sweep_report r = { 0 };
	char cell[CELL_LEN];
	struct spread spread;
	struct run sum = { 0 };

	(void)state;
	assert_int_equal(store_make(&r.store, "s"), 0);
	fill(&r.store);
	assert_int_equal(sweep_data_load(&r.data, &r.store), 0);
	assert_int_equal(sweep_tables_init(&r.tables, &r.data, NULL), 0);
	assert_int_equal(r.tables.nr, 1);
	assert_string_equal(r.tables.table[0].title, "numa02 on 2x2");
	assert_int_equal(r.tables.table[0].nr, 3);
	assert_string_equal(r.tables.row[1].label, "moron");
	assert_int_equal(r.tables.row[1].nr, 3);
	spread = sweep_spread(&r.tables.row[1], FIG_LOCAL_FINAL);
	assert_int_equal(spread.nr, 3);
	assert_true(fabs(spread.mean - 0.6) < 1e-9);
	assert_true(fabs(spread.min - 0.5) < 1e-9);
	assert_true(fabs(spread.max - 0.7) < 1e-9);
	spread = sweep_spread(&r.tables.row[2], FIG_WORK_OF_OFF);
	assert_true(fabs(spread.min - 2.5) < 1e-9);
	assert_true(fabs(spread.max - 4) < 1e-9);
	assert_string_equal(sweep_cell(cell, &sweep_columns[0],
				       &r.tables.row[1]),
			    "60.0 % (50.0 .. 70.0)");
	assert_string_equal(sweep_cell(cell, &sweep_columns[2],
				       &r.tables.row[0]), "never");
	assert_int_equal(sweep_curve(&r.store, &r.tables.row[1], &sum), 0);
	assert_int_equal(sum.nr_samples, 11);
	assert_true(sum.sample[10].accesses == 30000);
	free(sum.sample);
	sweep_tables_free(&r.tables);
	assert_int_equal(sweep_tables_init(&r.tables, &r.data, "policy,seed"),
			 0);
	assert_int_equal(r.tables.nr_rows, 9);
	assert_string_equal(r.tables.row[2].label, "off 10");
	sweep_tables_free(&r.tables);
	hush();
	assert_int_equal(sweep_tables_init(&r.tables, &r.data, "policy,speed"),
			 -1);
	assert_said("not 'speed'");
	sweep_data_free(&r.data);
	store_exec(&r.store, "ROLLBACK");
	store_pack(&r.store);
	store_close(&r.store);
}

/* ------------------------------------------------- files from who means harm */

static int seal_one(void *data, const struct stored *p)
{
	return store_seal(data, p->id);
}

/* A file with a point, changed by @sql and sealed again. */
static void make_changed(struct store *s, const char *sql)
{
	struct sweep_key k = key("2x2", "off", "1");

	assert_int_equal(store_make(s, "s"), 0);
	assert_int_equal(put(s, &k, 0.5, 0), 0);
	assert_int_equal(store_exec(s, "INSERT INTO sweeps VALUES (1, '2x2', "
		"'numa02', 'off', 'never', 'server', 'voluntary', 0, 10, 1)"),
		0);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	assert_int_equal(store_exec(s, sql), 0);
}

static void remove_made(struct store *s)
{
	store_pack(s);
	store_close(s);
	unlink("s");
}

static void check_changed(const char *sql, const char *why)
{
	struct store s;

	make_changed(&s, sql);
	store_each(&s, seal_one, &s);
	hush();
	assert_int_equal(store_check(&s), why ? -1 : 0);
	if (why)
		assert_said(why);
	else
		said();
	remove_made(&s);
}

static void tables_of_others_are_noticed(void **state)
{
	static const char another[] = "s: is damaged (table ";

	(void)state;
	check_changed("ALTER TABLE points ADD COLUMN more", another);
	check_changed("DROP TABLE sweeps; CREATE TABLE sweeps (id)", another);
	check_changed("DROP TABLE inputs", another);
	check_changed("DROP TABLE curve; CREATE TABLE curve (point, t, "
		      "accesses, local)", another);
	check_changed("CREATE INDEX mine ON points(policy)", NULL);
	check_changed("CREATE VIEW mine AS SELECT * FROM points", NULL);
}

static void values_of_the_wrong_kind_are_noticed(void **state)
{
	static const char *const changes[] = {
		"UPDATE points SET workload = x'00'",
		"UPDATE points SET seed = 'two'",
		"UPDATE points SET work = 'much'",
		"UPDATE points SET work = 9e999",
		"UPDATE points SET accesses = -1e301",
		"UPDATE points SET hint_faults = 0.5",
		"UPDATE points SET hint_faults = 9223372036854775807",
		"UPDATE points SET work_unit = x'41'",
		"UPDATE curve SET local = 'all'",
		"UPDATE curve SET t = 9e999 WHERE t = 10",
		"UPDATE sweeps SET thp = x'41'",
		"UPDATE sweeps SET seeds = 0",
		"UPDATE sweeps SET seconds = -1",
		"UPDATE sweeps SET memory = 4294967296",
		"INSERT INTO inputs VALUES ('a', x'')",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		check_changed(changes[i], "is not what its column is for");
	check_changed("UPDATE points SET work = NULL, hint_faults = 0", NULL);
}

/* Also where settling the points would otherwise never end. */
static void what_others_added_does_not_run(void **state)
{
	struct sweep_key hand = key("2x2", "hand", "1");
	struct near near = { 0 };
	struct store s;

	(void)state;
	make_changed(&s, "CREATE TRIGGER a AFTER UPDATE ON points BEGIN "
		     "UPDATE points SET local_of_hand = NULL; END");
	assert_int_equal(put(&s, &hand, 0.5, 0), 0);
	assert_int_equal(store_each(&s, note_near, &near), 0);
	assert_int_equal(near.nr, 2);
	assert_true(near.of_hand[1] == 1);
	remove_made(&s);
}

static void settling_comes_to_an_end(void **state)
{
	struct sweep_key hand = key("2x2", "hand", "1");
	struct sweep_key moron = key("2x2", "moron", "1");
	struct store s;

	(void)state;
	make_changed(&s, "UPDATE points SET local_final = 9e999");
	assert_int_equal(put(&s, &hand, 0.5, 0), 0);
	assert_int_equal(store_exec(&s, "UPDATE points SET local_final = 9e999,"
				    " local_of_hand = NULL"), 0);
	assert_int_equal(put(&s, &moron, 0.5, 0), 0);
	remove_made(&s);
}

static void a_sweep_of_no_points_lacks_none(void **state)
{
	struct sweep_data d;
	struct store s;

	(void)state;
	make_changed(&s, "UPDATE sweeps SET seeds = 0; INSERT INTO sweeps "
		     "SELECT 2, topologies, workloads, policies, thp, costs, "
		     "preempt, memory, seconds, 0 FROM sweeps");
	assert_int_equal(sweep_data_load(&d, &s), 0);
	assert_int_equal(d.missing, 0);
	sweep_data_free(&d);
	store_exec(&s, "ROLLBACK");
	remove_made(&s);
}

static void a_sweep_nobody_asked_for_is_told(void **state)
{
	struct sweep_data d;
	struct store s;

	(void)state;
	make_changed(&s, "UPDATE sweeps SET topologies = ''");
	hush();
	assert_int_equal(sweep_data_load(&d, &s), -1);
	assert_said("s: what is missing in it cannot be told");
	store_exec(&s, "ROLLBACK");
	remove_made(&s);
}

/* What cannot be written as JSON would be left out. */
static void every_figure_is_in_the_report(void **state)
{
	struct sweep_key moron = key("2x2", "moron", "1");
	struct sweep_report r = { 0 };
	const json_t *point;
	json_t *j;
	size_t i;

	(void)state;
	make_changed(&r.store, "UPDATE points SET work = 5e-324;"
		     "UPDATE curve SET accesses = 5e-324, local = 1e300");
	assert_int_equal(put(&r.store, &moron, 0.5, 0), 0);
	assert_int_equal(sweep_data_load(&r.data, &r.store), 0);
	assert_int_equal(sweep_tables_init(&r.tables, &r.data, NULL), 0);
	j = sweep_json(&r);
	json_array_foreach(json_object_get(j, "points"), i, point) {
		assert_int_equal(json_object_size(point), NR_KEYS +
				 ALL_FIGURES + 2);
		assert_int_equal(json_array_size(json_object_get(point,
								 "curve")), 10);
	}
	assert_int_equal(i, 2);
	json_decref(j);
	sweep_tables_free(&r.tables);
	sweep_data_free(&r.data);
	store_exec(&r.store, "ROLLBACK");
	remove_made(&r.store);
}

static void names_do_not_steer_a_terminal(void **state)
{
	struct sweep_report r = { 0 };
	char text[] = "a\x1b[2J\tb\x7f\n";

	(void)state;
	assert_string_equal(human_text(text), "a?[2J?b?\n");
	hush();
	fail("no '%s'", "x\x1b[1m");
	assert_said("no 'x?[1m'");
	make_changed(&r.store, "UPDATE points SET workload = char(27) || 'c'");
	assert_int_equal(sweep_data_load(&r.data, &r.store), 0);
	assert_int_equal(sweep_tables_init(&r.tables, &r.data, NULL), 0);
	assert_string_equal(r.tables.table[0].title, "?c on 2x2");
	sweep_tables_free(&r.tables);
	sweep_data_free(&r.data);
	store_exec(&r.store, "ROLLBACK");
	remove_made(&r.store);
}

/* Behind the quote that ends a name gnuplot takes commands. */
static void names_are_no_commands_of_gnuplot(void **state)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_non_null(f);
	chart_name(f, "a'; system 'x'\n\r#");
	fclose(f);
	assert_string_equal(text, "'a ; system  x   #'");
	free(text);
}

/* A table of gnuplot's own words is drawn like any other. */
static void charts_quote_the_names_of_rows(void **state)
{
	struct runs runs = { 0 };
	struct run *run = runs_add(&runs, "w", "x' with lines; system 'exit");
	char *script, line[256];
	bool found = false;
	FILE *f;

	(void)state;
	assert_non_null(run);
	add_second(run, 500, 1000);
	add_second(run, 500, 1000);
	hush();
	f = fopen("/dev/null", "we");
	chart_svg(f, &runs, "w", dir);
	fclose(f);
	said();
	assert_true(asprintf(&script, "%s/chart.gp", dir) > 0);
	f = fopen(script, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		found |= !!strstr(line, "title 'x  with lines; system  exit'");
	fclose(f);
	assert_true(found);
	unlink(script);
	unlink("chart.svg");
	free(script);
	runs_free(&runs);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
#define RANKS(name) cmocka_unit_test_setup_teardown(name, alone, alone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_combinations_are_planned),
		cmocka_unit_test(placement_by_hand_is_planned_once),
		cmocka_unit_test(lists_that_make_no_sense_are_refused),
		cmocka_unit_test(what_cannot_be_simulated_is_refused_early),
		cmocka_unit_test(shares_of_ranks_are_all_points_once),
		cmocka_unit_test(longer_points_come_first),
		RANKS(launchers_are_understood),
		RANKS(ranks_that_make_no_sense_are_refused),
		RANKS(a_crowd_does_not_take_more_than_there_is),
		cmocka_unit_test(numbers_follow_from_keys),
		cmocka_unit_test(keys_have_the_order_of_people),
		TEST(order_leaves_no_trace),
		TEST(a_point_is_kept_once),
		TEST(a_changed_figure_is_noticed),
		TEST(files_of_others_are_left_alone),
		TEST(a_claim_ends_with_its_holder),
		TEST(a_changed_input_is_noticed),
		TEST(means_are_taken_over_seeds),
		TEST(tables_of_others_are_noticed),
		TEST(values_of_the_wrong_kind_are_noticed),
		TEST(what_others_added_does_not_run),
		TEST(settling_comes_to_an_end),
		TEST(a_sweep_of_no_points_lacks_none),
		TEST(a_sweep_nobody_asked_for_is_told),
		TEST(every_figure_is_in_the_report),
		TEST(names_do_not_steer_a_terminal),
		cmocka_unit_test(names_are_no_commands_of_gnuplot),
		TEST(charts_quote_the_names_of_rows),
	};

	return tap_tests(tests);
}
