// SPDX-License-Identifier: GPL-2.0
/*
 * Stories add up: what is told of a page or thread is what the simulator counted,
 * and a trace tells the same story as the simulation that wrote it.
 */
#include "cli.h"	/* before cmocka has a fail() of its own */
#include "common.h"
#include "explain.h"
#include "explain_args.h"
#include "explain_census.h"
#include "explain_source.h"
#include "explain_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/trace_file.h"

/* ------------------------------------------------------------------ a listener */

#define HEARD	4096

/**
 * struct heard - what a listener was told
 * @step:	[nr] the first ones, without their numbers
 * @had_numbers: of those, how many came with the policy's statistics
 */
static struct heard {
	struct step step[HEARD];
	unsigned int nr;
	unsigned int by_kind[STEP_LIFE + 1];
	uint64_t had_numbers;
	uint64_t folded;
	uint64_t idle_passes;
	struct ending ending;
} heard;

static int hear_begin(const struct source *s, const struct census *c,
		      const struct subject *about, bool chosen)
{
	(void)s;
	(void)c;
	(void)about;
	(void)chosen;
	return 0;
}

static int hear_step(const struct subject *about, const struct step *s)
{
	(void)about;
	heard.by_kind[s->kind]++;
	heard.had_numbers += s->n.task && s->n.proc;
	if (heard.nr < HEARD) {
		heard.step[heard.nr] = *s;
		heard.step[heard.nr++].n = (struct numbers){ 0 };
	}
	return 0;
}

static int hear_repeated(const struct subject *about, const struct repeated *r)
{
	uint64_t sum = 0;

	(void)about;
	for (unsigned int i = 0; i < r->nr; i++)
		sum += r->often[i];
	assert_int_equal(sum, r->times);
	assert_true(r->first_ns <= r->last_ns);
	heard.folded += r->times;
	heard.idle_passes += r->passes;
	return 0;
}

static int hear_end(const struct subject *about, const struct ending *e,
		    const struct census *c)
{
	(void)about;
	(void)e;
	(void)c;
	return 0;
}

static const struct teller listener = {
	.begin = hear_begin, .step = hear_step, .repeated = hear_repeated,
	.end = hear_end,
};

/* -------------------------------------------------------------------- one story */

struct tale {
	struct explain_args args;
	struct source source;
	struct census census;
	struct subject about;
	struct fold fold;
	struct story story;
};

static struct tale simulated(const char *workload, const char *policy)
{
	return (struct tale){ .args = {
		.on = "sim", .topology = "2x2", .workload = workload,
		.policy = policy, .costs = "server", .thp = "never",
		.seconds = 12, .seed = 1, .quiet = true,
	} };
}

static int count(struct tale *t)
{
	struct sim_error e;

	assert_int_equal(sim_check_policy("stock", &e), 0);
	assert_int_equal(source_open(&t->source, &t->args), 0);
	return source_run(&t->source, "counting", census_take, &t->census);
}

static int tell(struct tale *t)
{
	int ret;

	memset(&heard, 0, sizeof(heard));
	t->fold = (struct fold){
		.teller = &listener, .about = &t->about, .all = t->args.all,
		.limit = t->args.limit,
	};
	story_init(&t->story, &t->about, &t->fold);
	ret = source_run(&t->source, "telling", story_take, &t->story);
	return ret ? ret : story_end(&t->story);
}

static void listen(struct tale *t)
{
	assert_int_equal(count(t), 0);
	assert_int_equal(census_choose(&t->census, &t->args, &t->about), 0);
	assert_int_equal(tell(t), 0);
}

static void end(struct tale *t)
{
	story_free(&t->story);
	census_free(&t->census);
	source_close(&t->source);
}

/* -------------------------------------------------------------------- a trace */

/**
 * struct writing - of a trace by a simulation
 * @wrong:	what is to be done to the records, or NULL
 */
struct writing {
	struct trace_writer *w;
	FILE *f;
	void (*wrong)(struct np_record *rec, uint64_t nr);
	uint64_t nr;
	struct sim_error e;
};

static void write_record(void *data, const struct np_ctx *c,
			 const struct np_record *rec)
{
	static const struct trace_info info = { "simulation", "test" };
	struct writing *w = data;
	struct np_record r = *rec;

	if (!w->w)
		w->w = trace_writer_open(w->f, c->m, &info, &w->e);
	if (w->wrong)
		w->wrong(&r, w->nr);
	w->nr++;
	assert_int_equal(trace_writer_add(w->w, &r, &w->e), 0);
}

static char path[] = "/tmp/numaplace-explain-XXXXXX";

static void write_trace(struct tale *t,
			void (*wrong)(struct np_record *rec, uint64_t nr))
{
	struct writing w = { .f = fopen(path, "w"), .wrong = wrong };
	struct sim_config c;
	struct sim_result r;

	assert_int_equal(source_open(&t->source, &t->args), 0);
	c = simulate_config(&t->source.how, t->source.work, t->args.policy);
	c.watch.data = &w;
	c.watch.record = write_record;
	assert_int_equal(sim_run(&c, &r, &w.e), 0);
	assert_int_equal(trace_writer_close(w.w, &w.e), 0);
	trace_writer_free(w.w);
	fclose(w.f);
	sim_result_free(&r);
	source_close(&t->source);
}

static struct tale recorded(const char *workload, const char *policy,
			    void (*wrong)(struct np_record *rec, uint64_t nr))
{
	struct tale t = simulated(workload, policy);

	write_trace(&t, wrong);
	return (struct tale){ .args = { .file = path, .quiet = true } };
}

/* ------------------------------------------------------------------------ pages */

static const struct census_page *page_of(const struct tale *t)
{
	const struct census_page *p;

	assert_int_equal(census_pages(&t->census, 0, &p, 1), 1);
	return p;
}

static uint64_t sum(const uint64_t *count, unsigned int nr)
{
	uint64_t all = 0;

	while (nr)
		all += count[--nr];
	return all;
}

static void the_page_that_moved_most_is_chosen(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");
	const struct ending *e = &t.story.ending;
	const struct census_page *p;

	(void)state;
	listen(&t);
	p = page_of(&t);
	assert_false(t.about.thread);
	assert_true(t.about.addr == p->addr);
	assert_true(p->moves > 1 && p->back > 0);
	assert_int_equal(e->all.moves, p->moves);
	assert_int_equal(e->all.back, p->back);
	assert_int_equal(e->all.faults, p->faults);
	assert_int_equal(heard.by_kind[STEP_FAULT] + heard.folded, p->faults);
	assert_int_equal(sum(e->all.memory, 2), p->faults);
	assert_int_equal(sum(e->all.cpu, 2), p->faults);
	end(&t);
}

static void all_steps_can_be_seen(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");
	unsigned int moves = 0;

	(void)state;
	t.args.all = true;
	listen(&t);
	assert_int_equal(heard.folded, 0);
	assert_int_equal(heard.by_kind[STEP_FAULT], page_of(&t)->faults);
	for (unsigned int i = 0; i < heard.nr; i++)
		moves += heard.step[i].end.type == NP_REC_MOVED;
	assert_int_equal(moves, page_of(&t)->moves);
	end(&t);
}

/* From the first sample to the end of the run. */
static void the_page_is_always_somewhere(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");
	const struct ending *e = &t.story.ending;

	(void)state;
	t.args.all = true;
	listen(&t);
	assert_int_equal(heard.step[0].kind, STEP_LIFE);
	assert_int_equal(sum(e->at_ns, 2),
			 e->last_ns - heard.step[1].rec.time_ns);
	assert_true(e->at_ns[0] > 0 && e->at_ns[1] > 0);
	end(&t);
}

static void the_limit_is_kept(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");

	(void)state;
	t.args.limit = 3;
	listen(&t);
	assert_int_equal(heard.nr, 3);
	assert_int_equal(heard.by_kind[STEP_FAULT] + heard.folded +
			 t.story.ending.hidden,
			 page_of(&t)->faults + 1);
	end(&t);
}

static void the_census_is_what_the_simulator_counted(void **state)
{
	static const char *const policies[] = { "moron", "none", "stock" };
	struct sim_config c;
	struct sim_result r;
	struct sim_error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct tale t = simulated("numa01:mb=8", policies[i]);

		listen(&t);
		c = simulate_config(&t.source.how, t.source.work, policies[i]);
		assert_int_equal(sim_run(&c, &r, &e), 0);
		assert_int_equal(t.census.faults, r.counter[NP_C_FAULTS]);
		assert_int_equal(t.census.local, r.counter[NP_C_LOCAL_FAULTS]);
		assert_int_equal(t.census.moved, r.pages_moved);
		assert_int_equal(t.census.back, r.ping_pongs);
		assert_int_equal(t.census.asked, r.counter[NP_C_TASK_ASKED]);
		sim_result_free(&r);
		end(&t);
	}
}

/* A huge page is one page, whatever address in it is asked for. */
static void any_address_in_a_huge_page_is_its_own(void **state)
{
	struct tale t = simulated("numa01:mb=32", "moron");
	uint64_t addr;

	(void)state;
	t.args.thp = "always";
	listen(&t);
	addr = t.about.addr;
	assert_int_equal(t.about.pages, 512);
	assert_int_equal(t.story.ending.all.moved,
			 512 * t.story.ending.all.moves);
	t.args.has_page = true;
	t.args.page = addr + 0x123456;
	t.about = (struct subject){ 0 };
	assert_int_equal(census_choose(&t.census, &t.args, &t.about), 0);
	assert_true(t.about.addr == addr);
	end(&t);
}

/* --------------------------------------------------------------------- threads */

static void a_thread_has_its_faults_by_pass(void **state)
{
	struct tale t = simulated("numa01:mb=8", "stock");
	const struct census_thread *best;
	uint64_t faults = 0;

	(void)state;
	t.args.seconds = 20;
	assert_int_equal(count(&t), 0);
	assert_int_equal(census_threads(&t.census, 0, &best, 1), 1);
	t.args.tid = best->tid;
	assert_int_equal(census_choose(&t.census, &t.args, &t.about), 0);
	assert_true(t.about.thread);
	assert_int_equal(tell(&t), 0);
	faults = best->faults;
	assert_int_equal(t.story.ending.all.faults, faults);
	assert_int_equal(t.story.ending.all.local, best->local);
	assert_int_equal(heard.by_kind[STEP_FAULT] + heard.folded, faults);
	assert_true(heard.by_kind[STEP_PASS] > 1);
	assert_true(heard.had_numbers > 1);
	end(&t);
}

/* The only thing to choose when no page moves. */
static void wishes_are_told_and_what_came_of_them(void **state)
{
	struct tale t = simulated("warehouse", "stock");
	const struct census_thread *best;

	(void)state;
	t.args.topology = "4x4";
	t.args.seconds = 30;
	t.args.seed = 2;	/* whose wish is granted is chance */
	assert_int_equal(count(&t), 0);
	assert_int_equal(census_threads(&t.census, 0, &best, 1), 1);
	assert_true(best->agreed > 0);
	t.args.tid = best->tid;
	t.args.pid = best->pid;
	assert_int_equal(census_choose(&t.census, &t.args, &t.about), 0);
	assert_int_equal(tell(&t), 0);
	/* and homes, which are not counted among moves */
	assert_true(heard.by_kind[STEP_ASK] >= best->asked);
	assert_int_equal(t.story.ending.asked, heard.by_kind[STEP_ASK]);
	assert_true(t.story.ending.agreed >= best->agreed);
	assert_true(t.story.ending.done > 0);
	assert_true(heard.by_kind[STEP_DONE] >= t.story.ending.done);
	end(&t);
}

/* ----------------------------------------------------------------------- traces */

static void a_trace_tells_the_same_story(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");
	struct heard *before = malloc(sizeof(*before));

	(void)state;
	t.args.all = true;
	listen(&t);
	*before = heard;
	end(&t);
	t = recorded("pingpong:mb=1", "moron", NULL);
	t.args.all = true;
	listen(&t);
	assert_int_equal(heard.nr, before->nr);
	for (unsigned int i = 0; i < heard.nr; i++) {
		assert_int_equal(heard.step[i].kind, before->step[i].kind);
		assert_memory_equal(&heard.step[i].rec, &before->step[i].rec,
				    sizeof(struct np_record));
		assert_memory_equal(&heard.step[i].end, &before->step[i].end,
				    sizeof(struct np_record));
	}
	end(&t);
	free(before);
}

/* The 100th decision of a page is no longer moron's. */
static void change_answer(struct np_record *rec, uint64_t nr)
{
	if (nr >= 100 && rec->type == NP_REC_PAGE)
		rec->reason = NP_R_SHARED;
}

static void a_decision_that_is_another_ends_the_story(void **state)
{
	struct tale t = recorded("pingpong:mb=1", "moron", change_answer);

	(void)state;
	assert_int_equal(count(&t), 0);
	assert_int_equal(census_choose(&t.census, &t.args, &t.about), 0);
	hush();
	assert_int_equal(tell(&t), -1);
	assert_said("is not what the policy of this program does here");
	end(&t);
}

/* As if a worker had moved all pages to the other node after some seconds. */
static void elsewhere(struct np_record *rec, uint64_t nr)
{
	(void)nr;
	if (rec->time_ns < 5500000000 ||
	    (rec->type != NP_REC_PAGE && rec->type != NP_REC_KEPT))
		return;
	rec->src = 1 - rec->src;
	if (rec->type == NP_REC_KEPT)
		rec->dst = 1 - rec->dst;
}

static void pages_that_others_moved_are_found(void **state)
{
	struct tale t = recorded("pingpong:mb=1",
				 "none:scan_period_max=1000ms", elsewhere);

	(void)state;
	listen(&t);
	assert_int_equal(t.story.ending.all.moves, 0);
	assert_int_equal(heard.by_kind[STEP_FOUND], 1);
	assert_int_equal(t.story.ending.went, 1);
	assert_true(t.story.ending.at_ns[0] > 0);
	assert_true(t.story.ending.at_ns[1] > 0);
	end(&t);
}

static void half_a_trace_is_refused(void **state)
{
	struct tale t = recorded("pingpong:mb=1", "moron", NULL);

	(void)state;
	assert_int_equal(truncate(path, 20000), 0);
	hush();
	assert_int_equal(count(&t), -1);
	assert_non_null(strstr(said(), "numaplace-explain"));
	end(&t);
}

/* -------------------------------------------------------------------- refusals */

static void refused(struct tale *t, const char *why, const char *there)
{
	const char *text;

	hush();
	assert_int_equal(census_choose(&t->census, &t->args, &t->about), -1);
	text = said();
	assert_non_null(strstr(text, why));
	assert_non_null(strstr(text, there));
}

static void who_is_not_there_is_refused_with_those_who_are(void **state)
{
	struct tale t = simulated("pingpong:mb=1", "moron");

	(void)state;
	assert_int_equal(count(&t), 0);
	t.args.has_page = true;
	t.args.page = 0x1000;
	refused(&t, "no sample of a page at 0x1000", "there are 0x");
	t.args.has_page = false;
	t.args.tid = 4711;
	refused(&t, "no sample of a thread 4711", "there are 2 of process 1");
	t.args.tid = 0;
	t.args.pid = 4711;
	refused(&t, "no sample of process 4711", "2 of process 1");
	end(&t);
}

static void a_run_without_samples_has_no_story(void **state)
{
	struct tale t = simulated("idle", "moron");

	(void)state;
	t.args.seconds = 1;
	assert_int_equal(count(&t), 0);
	refused(&t, "there is nothing to explain", "no page was sampled");
	end(&t);
}

static void nobody_decides_under_off(void **state)
{
	static const char *const policies[] = { "off", "hand", "inverse" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct tale t = simulated("numa02", policies[i]);

		hush();
		assert_int_equal(source_open(&t.source, &t.args), EXIT_USAGE);
		assert_said("nobody decides");
		source_close(&t.source);
	}
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_that_moved_most_is_chosen),
		cmocka_unit_test(all_steps_can_be_seen),
		cmocka_unit_test(the_page_is_always_somewhere),
		cmocka_unit_test(the_limit_is_kept),
		cmocka_unit_test(the_census_is_what_the_simulator_counted),
		cmocka_unit_test(any_address_in_a_huge_page_is_its_own),
		cmocka_unit_test(a_thread_has_its_faults_by_pass),
		cmocka_unit_test(wishes_are_told_and_what_came_of_them),
		cmocka_unit_test(a_trace_tells_the_same_story),
		cmocka_unit_test(a_decision_that_is_another_ends_the_story),
		cmocka_unit_test(pages_that_others_moved_are_found),
		cmocka_unit_test(half_a_trace_is_refused),
		cmocka_unit_test(
			who_is_not_there_is_refused_with_those_who_are),
		cmocka_unit_test(a_run_without_samples_has_no_story),
		cmocka_unit_test(nobody_decides_under_off),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
