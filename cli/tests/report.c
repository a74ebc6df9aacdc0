// SPDX-License-Identifier: GPL-2.0
/*
 * The three forms of a report, from made-up runs.
 */
#include "common.h"
#include "derive.h"
#include "report.h"
#include "scenario.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const char guest_line[] =
	"{\"run\":1,\"status\":0,\"work\":{\"work\":1234.5,\"unit\":\"MiB\","
	"\"per_task\":[600,634.5]},\"vmstat\":{\"numa_pte_updates\":1000000,"
	"\"numa_hint_faults\":2000,\"numa_pages_migrated\":100000},"
	"\"numaplace\":null}";

static char *workloads[] = { "numa02", NULL };

static void add_run(struct runs *runs, const char *policy, int percent)
{
	struct run *run = runs_add(runs, "numa02", policy);

	assert_non_null(run);
	run->nr_nodes = 2;
	run->matrix = calloc(4, sizeof(*run->matrix));
	assert_non_null(run->matrix);
	run->matrix[0] = 200 * percent;
	run->matrix[1] = 20000 - 200 * percent;
	run->guest = json_loads(guest_line, 0, NULL);
	for (int i = 0; i < 20; i++)
		add_second(run, 10 * percent, 1000);
}

static struct report *make(const char *const *policies, const int *percents)
{
	static struct report r;

	r = (struct report){
		.command = "numaplace compare <&>", .on = "vm",
		.topology = "2x2", .machine = "2 nodes", .thp = "never",
		.kernel = "6.12", .engine = "QEMU 7.2", .date = "2026-11-20",
		.seconds = 20, .workloads = workloads,
	};
	for (; *policies; policies++, percents++)
		add_run(&r.runs, *policies, *percents);
	assert_int_equal(derive_all(&r.runs), 0);
	return &r;
}

static struct report *three(void)
{
	static const char *const policies[] = { "off", "moron", "hand", NULL };
	static const int percents[] = { 25, 95, 100 };

	return make(policies, percents);
}

static json_t *run_at(json_t *report, size_t i)
{
	return json_array_get(json_object_get(report, "runs"), i);
}

static double real(json_t *run, const char *key)
{
	json_t *j = json_object_get(run, key);

	assert_true(json_is_number(j));
	return json_number_value(j);
}

static void json_has_everything_the_reader_was_promised(void **state)
{
	static const char *const keys[] = {
		"on", "topology", "workload", "thp", "policy", "windows",
		"local_final", "seconds_to_90pct_of_hand", "hint_faults",
		"pages_migrated", "kernel_per_user_insn", "cost", "work_done",
		"work_unit", "per_task", "node_pairs", "curve", "numaplace",
	};
	struct report *r = three();
	json_t *j = report_json(r), *run = run_at(j, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		assert_non_null(json_object_get(run, keys[i]));
	assert_true(real(run, "local_final") == 0.95);
	assert_true(real(run, "seconds_to_90pct_of_hand") == 1);
	assert_true(real(run, "hint_faults") == 2000);
	assert_true(real(run, "work_done") == 1234.5);
	assert_true(real(run, "kernel_per_user_insn") == 0.1);
	/* (7 * 1000000 + 5000 * 2000 + 19 * 100000) / 1e6 */
	assert_true(real(run, "cost") == 18.9);
	json_decref(j);
	runs_free(&r->runs);
}

static void what_never_happened_is_null(void **state)
{
	struct report *r = three();
	json_t *j = report_json(r);

	(void)state;
	assert_true(json_is_null(json_object_get(run_at(j, 0),
						 "seconds_to_90pct_of_hand")));
	json_decref(j);
	runs_free(&r->runs);
}

static void without_hand_there_is_nothing_to_compare_with(void **state)
{
	static const char *const policies[] = { "stock", NULL };
	static const int percents[] = { 100 };
	struct report *r = make(policies, percents);
	json_t *j = report_json(r), *run = run_at(j, 0);

	(void)state;
	assert_true(json_is_null(json_object_get(run, "local_of_hand")));
	assert_true(json_is_null(json_object_get(run,
						 "seconds_to_90pct_of_hand")));
	json_decref(j);
	runs_free(&r->runs);
}

static char *page(const struct report *r)
{
	char dir[] = "/tmp/numaplace-test-XXXXXX", *text = NULL, path[64];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(report_html(r, dir, f), 0);
	fclose(f);
	snprintf(path, sizeof(path), "%s/chart.gp", dir);
	remove(path);
	snprintf(path, sizeof(path), "%s/chart.svg", dir);
	remove(path);
	assert_int_equal(remove(dir), 0);
	return text;
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void the_page_stands_alone(void **state)
{
	struct report *r = three();
	char *text;

	(void)state;
	if (!tool_exists("gnuplot"))
		skip();
	text = page(r);
	assert_int_equal(count(text, "<svg"), 1);
	assert_int_equal(count(text, "</svg>"), 1);
	assert_int_equal(count(text, "<g>") + count(text, "<g "),
			 count(text, "</g>"));
	assert_int_equal(count(text, "src="), 0);
	assert_int_equal(count(text, "href="), 0);
	assert_int_equal(count(text, "http"), count(text, "xmlns"));
	assert_non_null(strstr(text, "numaplace compare &lt;&amp;&gt;"));
	free(text);
	runs_free(&r->runs);
}

static char *script(const struct runs *runs)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	scenario_write(f, runs, "always", 30);
	fclose(f);
	return text;
}

static void the_script_runs_what_was_asked_for(void **state)
{
	struct runs runs = { 0 };
	char *text;

	(void)state;
	runs_add(&runs, "numa02", "off");
	runs_add(&runs, "numa02:mb=64,threads=2", "hand");
	runs_add(&runs, "numa02", "moron:scan_size=64MiB,scan_delay=0");
	text = script(&runs);
	assert_non_null(strstr(text, "\nrun 1 numa02 none 'off' always 30"));
	assert_non_null(strstr(text, "\nrun 2 numa02 hand 'hand' always 30 "
			       "--mb=64 --threads=2\n"));
	assert_non_null(strstr(text, "\nours 3 numa02 none 'moron:scan_size="
			       "64MiB,scan_delay=0' always 30"));
	assert_int_equal(count(text, "\ncheck 'moron"), 1);
	assert_int_equal(count(text, "check 'off'"), 0);
	free(text);
	runs_free(&runs);
}

static void without_our_policies_there_is_no_module(void **state)
{
	struct runs runs = { 0 };
	char *text;

	(void)state;
	runs_add(&runs, "numa02", "stock");
	text = script(&runs);
	assert_int_equal(count(text, "\nload\n"), 0);
	assert_int_equal(count(text, "\nours "), 0);
	free(text);
	runs_free(&runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_everything_the_reader_was_promised),
		cmocka_unit_test(what_never_happened_is_null),
		cmocka_unit_test(without_hand_there_is_nothing_to_compare_with),
		cmocka_unit_test(the_page_stands_alone),
		cmocka_unit_test(the_script_runs_what_was_asked_for),
		cmocka_unit_test(without_our_policies_there_is_no_module),
	};

	return tap_tests(tests);
}
