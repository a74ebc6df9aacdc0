// SPDX-License-Identifier: GPL-2.0
/*
 * Who belongs to a recording.
 */
#include "common.h"
#include "family.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT	100
#define CHILD	101
#define OTHER	200

static pid_t adopted[16];
static unsigned int nr_adopted;

static void adopt(void *data, pid_t pid)
{
	(void)data;
	assert_true(nr_adopted < 16);
	adopted[nr_adopted++] = pid;
}

static struct family begin(void)
{
	struct family f = { .adopt = adopt };

	nr_adopted = 0;
	assert_int_equal(family_begin(&f, ROOT), 0);
	return f;
}

static bool wants(struct family *f, unsigned int type, uint32_t pid,
		  uint64_t value, uint8_t flags)
{
	struct np_record rec = {
		.type = type, .pid = pid, .value = value, .flags = flags,
	};

	return family_wants(f, &rec);
}

static bool take_over(struct family *f, uint32_t pid)
{
	return wants(f, NP_REC_SPEC, pid, 0, 0) &&
	       wants(f, NP_REC_ATTACH, pid, 0, 0);
}

static bool page(struct family *f, uint32_t pid)
{
	return wants(f, NP_REC_PAGE, pid, 0, 0);
}

static bool birth(struct family *f, uint32_t pid, uint32_t parent)
{
	return wants(f, NP_REC_FORK, pid, parent, 0);
}

static void a_member_counts_from_its_takeover_on(void **state)
{
	struct family f = begin();

	(void)state;
	assert_false(page(&f, ROOT));
	assert_true(take_over(&f, ROOT));
	assert_true(page(&f, ROOT));
	assert_false(take_over(&f, OTHER));
	assert_false(page(&f, OTHER));
	family_free(&f);
}

static void descendants_belong_to_it(void **state)
{
	struct family f = begin();

	(void)state;
	take_over(&f, ROOT);
	assert_true(birth(&f, CHILD, ROOT));
	assert_true(page(&f, CHILD));
	assert_true(birth(&f, CHILD + 1, CHILD));
	assert_true(page(&f, CHILD + 1));
	assert_false(birth(&f, OTHER, OTHER + 1));
	assert_int_equal(nr_adopted, 0);
	family_free(&f);
}

/* The kernel may give the number of the dead to anybody. */
static void the_dead_do_not_belong_to_it(void **state)
{
	struct family f = begin();

	(void)state;
	take_over(&f, ROOT);
	birth(&f, CHILD, ROOT);
	assert_true(wants(&f, NP_REC_EXIT, CHILD, 0, true));
	assert_true(wants(&f, NP_REC_GONE, CHILD, 0, 0));
	assert_false(page(&f, CHILD));
	assert_false(take_over(&f, CHILD));
	family_free(&f);
}

static void the_end_of_a_thread_is_not_its_process_s(void **state)
{
	struct family f = begin();

	(void)state;
	take_over(&f, ROOT);
	assert_true(wants(&f, NP_REC_EXIT, ROOT, 0, false));
	assert_true(page(&f, ROOT));
	family_free(&f);
}

/* As `numaplace run' within a recorded command does it. */
static void who_was_let_go_can_be_taken_over_again(void **state)
{
	struct family f = begin();

	(void)state;
	take_over(&f, ROOT);
	assert_true(wants(&f, NP_REC_GONE, ROOT, 0, 0));
	assert_false(page(&f, ROOT));
	assert_true(take_over(&f, ROOT));
	assert_true(page(&f, ROOT));
	family_free(&f);
}

/* Born before its parent's takeover was recorded: it needs one of its own. */
static void a_child_of_an_unrecorded_parent_is_adopted(void **state)
{
	struct family f = begin();

	(void)state;
	assert_false(birth(&f, CHILD, ROOT));
	assert_int_equal(nr_adopted, 1);
	assert_int_equal(adopted[0], CHILD);
	assert_false(page(&f, CHILD));
	assert_true(take_over(&f, CHILD));
	assert_true(page(&f, CHILD));
	family_free(&f);
}

/* A recorder that is managed itself forks the command it is to record. */
static void a_root_born_of_a_stranger_waits_for_its_takeover(void **state)
{
	struct family f = begin();

	(void)state;
	assert_false(birth(&f, ROOT, OTHER));
	assert_int_equal(nr_adopted, 0);
	assert_false(wants(&f, NP_REC_GONE, ROOT, 0, 0));
	assert_true(take_over(&f, ROOT));
	family_free(&f);
}

static void impossible_numbers_belong_to_nobody(void **state)
{
	struct family f = begin();

	(void)state;
	assert_false(page(&f, 0));
	assert_false(page(&f, UINT32_MAX));
	assert_false(take_over(&f, 4 * 1024 * 1024 + 1));
	assert_false(birth(&f, CHILD, UINT32_MAX));
	assert_false(wants(&f, NP_REC_FORK, CHILD, UINT64_MAX, 0));
	family_free(&f);
}

/* ------------------------------------------------------------------- living */

static void sleep_to_the_end(void)
{
	for (;;)
		pause();
}

static pid_t parent_with_child(int *ready)
{
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid)
		return pid;
	if (!fork()) {
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		sleep_to_the_end();
	}
	sleep_to_the_end();
	return 0;
}

static bool was_adopted(pid_t pid)
{
	for (unsigned int i = 0; i < nr_adopted; i++)
		if (adopted[i] == pid)
			return true;
	return false;
}

static void the_living_are_found(void **state)
{
	struct family f = { .adopt = adopt };
	int ready[2];
	pid_t pid = parent_with_child(ready);
	char c;

	(void)state;
	nr_adopted = 0;
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(family_begin(&f, pid), 0);
	assert_int_equal(family_add_living(&f, pid), 0);
	assert_int_equal(nr_adopted, 2);
	assert_true(was_adopted(pid));
	assert_false(was_adopted(getpid()));
	for (unsigned int i = 0; i < nr_adopted; i++)
		kill(adopted[i], SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	family_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_counts_from_its_takeover_on),
		cmocka_unit_test(descendants_belong_to_it),
		cmocka_unit_test(the_dead_do_not_belong_to_it),
		cmocka_unit_test(the_end_of_a_thread_is_not_its_process_s),
		cmocka_unit_test(who_was_let_go_can_be_taken_over_again),
		cmocka_unit_test(a_child_of_an_unrecorded_parent_is_adopted),
		cmocka_unit_test(a_root_born_of_a_stranger_waits_for_its_takeover),
		cmocka_unit_test(impossible_numbers_belong_to_nobody),
		cmocka_unit_test(the_living_are_found),
	};

	return tap_tests(tests);
}
