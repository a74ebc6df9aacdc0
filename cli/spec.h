/* SPDX-License-Identifier: GPL-2.0 */
/* Policies and workloads as they are written on the command line. */
#ifndef CLI_SPEC_H
#define CLI_SPEC_H

#include <stdbool.h>
#include <stddef.h>

/* A list of words; @item is ended by NULL. */
struct words {
	char **item;
	size_t nr;
};

/**
 * specs_split() - "off,moron:scan_size=64,scan_delay=0,hand"
 * @what:	what the words are, for messages
 *
 * A word with '=' but no ':' goes on with the parameters of the word before.
 * Empty words and repetitions are errors.
 */
int specs_split(struct words *w, const char *text, const char *what);

/* words_split() - the same, and a name may be anything, such as a file's. */
int words_split(struct words *w, const char *text, const char *what);

/* words_add() - a copy of @word at the end. */
int words_add(struct words *w, const char *word);

bool words_have(const struct words *w, const char *word);
void words_free(struct words *w);

/*
 * spec_check() - is it "name[:key=value[unit],...]"?  Only the form is looked
 * at; which names exist is known to the module, or to npwork.
 */
int spec_check(const char *spec);

#endif
