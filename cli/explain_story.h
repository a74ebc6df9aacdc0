/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The story of one page or thread: every call of the run is made again, and what
 * concerns the subject becomes a step, with the numbers that the policy had.
 */
#ifndef CLI_EXPLAIN_STORY_H
#define CLI_EXPLAIN_STORY_H

#include "explain.h"
#include "explain_fold.h"
#include "explain_source.h"
#include "replay/replay.h"

/* A fault whose outcome is not known yet. */
struct open_fault {
	struct open_fault *next;
	struct step step;
};

/**
 * struct story - one that is being told
 * @open:	faults
 * @toucher:	[nr_touchers] tids of threads that have touched the page
 * @call:	type of the last record that stands for a call
 * @node:	node of the page, or of the thread, when last seen, or NP_NO_NODE
 * @left:	node that the page left last, or NP_NO_NODE
 * @cpu:	CPU that the thread was seen on last, or NP_NO_CPU
 * @partner:	thread that was to be exchanged since with who ran there, or 0
 * @since_ns:	when @node began
 * @since:	of the thread, since the last pass
 * @waits:	@wish, which was agreed to, waits for the thread to be seen
 * @text:	of a step about a beginning or an end
 */
struct story {
	const struct subject *about;
	struct fold *fold;
	struct replay *replay;
	struct sim_error e;
	struct open_fault *open;
	uint32_t *toucher;
	size_t nr_touchers;
	uint8_t call;
	int16_t node;
	int16_t left;
	int16_t cpu;
	uint32_t partner;
	uint64_t since_ns;
	struct tally since;
	struct np_record wish;
	bool waits;
	struct ending ending;
	char text[NP_SPEC_LEN + 64];
};

void story_init(struct story *st, const struct subject *about,
		struct fold *fold);

/* story_take() - the next record; a source_taker. */
int story_take(void *data, const struct source_record *r);

/* story_end() - no more come. */
int story_end(struct story *st);
void story_free(struct story *st);

#endif
