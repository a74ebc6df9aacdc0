/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of cli/ share. */
#ifndef CLI_TESTS_COMMON_H
#define CLI_TESTS_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run.h"

/* hush() - from now on complaints are kept instead of printed. */
void hush(void);

/* said() - what was complained about since hush(), which is over. */
const char *said(void);

/* assert_said() - hush() is over, and the complaint has @part in it. */
#define assert_said(part) assert_non_null(strstr(said(), part))

/* add_second() - a sample one second after the last one of @run. */
void add_second(struct run *run, double local, double accesses);

/* tap_tests() - in the Test Anything Protocol; the exit code of main(). */
#define tap_tests(tests)						\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	 cmocka_run_group_tests(tests, NULL, NULL))

#endif
