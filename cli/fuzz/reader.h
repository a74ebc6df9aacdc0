/* SPDX-License-Identifier: GPL-2.0 */
/* What the program must keep to, whatever is in the database of a sweep. */
#ifndef CLI_FUZZ_READER_H
#define CLI_FUZZ_READER_H

/* The database, in a directory of its own. */
#define READER_FILE	"s"

/* reader_enter() - into an empty directory; reader_leave() - back, without it. */
void reader_enter(void);
void reader_leave(void);

/*
 * reader_try() - report the database in all forms, go on with its sweep, and
 * report it again: each is refused with a reason, or whole.
 */
void reader_try(void);

#endif
