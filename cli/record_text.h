/* SPDX-License-Identifier: GPL-2.0 */
/* One struct np_record, for people and for programs. */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include <numaplace/record.h>

/* record_text() - what it says, without time, process and end of line. */
void record_text(FILE *f, const struct np_record *r);

/* record_json() - all of it; NULL when out of memory. */
json_t *record_json(const struct np_record *r);

#endif
