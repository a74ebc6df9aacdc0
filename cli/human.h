/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers as people read them. */
#ifndef CLI_HUMAN_H
#define CLI_HUMAN_H

#include <stdint.h>
#include <stdio.h>

#define HUMAN_LEN 32

/* All fill @buf, of HUMAN_LEN bytes, and return it. */
const char *human_count(char *buf, uint64_t n);	/* 1,234,567 */
const char *human_ns(char *buf, uint64_t ns);	/* 12.3 ms */
const char *human_bytes(char *buf, uint64_t n);	/* 16.9 MiB */
const char *human_share(char *buf, uint64_t part, uint64_t whole); /* 12.3 % */

/*
 * human_text() - @text with '?' for control characters but newlines, in place:
 * what comes out of somebody's file must not steer a terminal.
 */
char *human_text(char *text);

#endif
