/* SPDX-License-Identifier: GPL-2.0 */
/* JSON out, by jansson. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

/* json_text() - a string even of bytes that are not UTF-8. */
json_t *json_text(const char *text);

/* json_join() - the members of both objects; takes both, NULL if either is. */
json_t *json_join(json_t *a, json_t *b);

/* json_emit() - indented to stdout; takes @j, NULL means out of memory. */
int json_emit(json_t *j);

/* json_emit_line() - on one line, flushed; takes @j. */
int json_emit_line(json_t *j);

/* json_write() - into an open file; takes @j. */
int json_write(FILE *f, json_t *j);

/* json_save() - into a file, whole or not at all; takes @j. */
int json_save(const char *path, json_t *j);

#endif
