/* SPDX-License-Identifier: GPL-2.0 */
/* What tells one point of a sweep from every other. */
#ifndef CLI_SWEEP_KEY_H
#define CLI_SWEEP_KEY_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the columns of the table, which is the order of reports. */
enum key_column {
	KEY_ON,
	KEY_TOPOLOGY,
	KEY_WORKLOAD,
	KEY_POLICY,
	KEY_THP,
	KEY_COSTS,
	KEY_PREEMPT,
	KEY_MEMORY,
	KEY_SECONDS,
	KEY_SEED,
	NR_KEYS
};

/**
 * struct key_info - one column
 * @number:	its texts are whole numbers
 * @text:	what it says, for the reader of the file
 */
struct key_info {
	const char *name;
	bool number;
	const char *text;
};

extern const struct key_info key_info[NR_KEYS];

/* All columns as text; numbers in decimal. */
struct sweep_key {
	const char *of[NR_KEYS];
};

/* key_find() - a column by its name, or -1. */
int key_find(const char *name);

/* key_id() - a number, not negative, that depends on the key alone. */
int64_t key_id(const struct sweep_key *k);

/* key_compare() - order by one column, as people order such words. */
int key_compare(const struct sweep_key *a, const struct sweep_key *b,
		enum key_column column);

/* key_text() - "numa02 under moron on 2x4, seed 3", to be freed, or NULL. */
char *key_text(const struct sweep_key *k);

#endif
