// SPDX-License-Identifier: GPL-2.0
/*
 * numaplace explain: step by step, what a policy did about one page or thread.
 *
 * The records are looked at twice: first to count what there is and to choose,
 * then to tell the story, with each decision made again on the way.
 */
#include "cli.h"
#include "explain.h"
#include "explain_args.h"
#include "explain_census.h"
#include "explain_source.h"
#include "explain_story.h"
#include "signals.h"

/* Registered once for all that this program does. */
static int register_policies(void)
{
	struct sim_error e;

	return sim_check_policy("stock", &e) ? fail("%s", e.text) : 0;
}

static int tell(struct source *s, const struct census *c,
		const struct subject *about, struct story *st)
{
	const struct explain_args *args = s->args;
	const struct teller *teller = st->fold->teller;

	if (teller->begin(s, c, about, !args->has_page && !args->tid))
		return -1;
	if (source_run(s, "telling", story_take, st) || story_end(st))
		return -1;
	return teller->end(about, &st->ending, c);
}

static int choose_and_tell(struct source *s, struct census *c)
{
	const struct explain_args *args = s->args;
	struct subject about;
	struct fold fold = {
		.teller = args->json ? &explain_json : &explain_text,
		.about = &about, .all = args->all, .limit = args->limit,
	};
	struct story st;
	int ret;

	if (source_run(s, "counting", census_take, c) ||
	    census_choose(c, args, &about))
		return -1;
	story_init(&st, &about, &fold);
	ret = tell(s, c, &about, &st);
	story_free(&st);
	return ret;
}

static int explain(const struct explain_args *args)
{
	struct census c = { 0 };
	struct source s;
	int code = source_open(&s, args);

	if (!code && choose_and_tell(&s, &c))
		code = EXIT_FAILURE;
	census_free(&c);
	source_close(&s);
	return stopped_by ? EXIT_SIGNAL + stopped_by : code;
}

int cmd_explain(int argc, char **argv)
{
	struct explain_args args;

	explain_args_parse(&args, argc, argv);
	if (register_policies())
		return EXIT_FAILURE;
	signals_hold();
	return explain(&args);
}
