// SPDX-License-Identifier: GPL-2.0
/*
 * Files appear whole or not at all.
 */
#include "common.h"
#include "json.h"
#include "outfile.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/numaplace-test-XXXXXX";

static int enter(void **state)
{
	(void)state;
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	return mkdtemp(dir) ? chdir(dir) : -1;
}

static int leave(void **state)
{
	(void)state;
	unlink("out");
	unlink("link");
	return chdir("/") || rmdir(dir);
}

static int is_entry(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void assert_files(int nr)
{
	struct dirent **list;
	int n = scandir(".", &list, is_entry, alphasort);

	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	assert_int_equal(n, nr);
}

static void assert_holds(const char *path, const char *text)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(fread(buf, 1, sizeof(buf) - 1, f) == strlen(text));
	fclose(f);
	assert_string_equal(buf, text);
}

static void put(const char *path, const char *text)
{
	struct outfile o;

	assert_int_equal(outfile_open(&o, path), 0);
	fputs(text, o.f);
	assert_int_equal(outfile_commit(&o), 0);
}

static void appears_only_when_committed(void **state)
{
	struct outfile o;

	(void)state;
	assert_int_equal(outfile_open(&o, "out"), 0);
	fputs("text", o.f);
	assert_int_equal(access("out", F_OK), -1);
	assert_int_equal(outfile_commit(&o), 0);
	outfile_discard(&o);
	assert_holds("out", "text");
	assert_files(1);
}

static void leaves_nothing_when_discarded(void **state)
{
	struct outfile o;

	(void)state;
	put("out", "old");
	assert_int_equal(outfile_open(&o, "out"), 0);
	fputs("new", o.f);
	outfile_discard(&o);
	assert_holds("out", "old");
	assert_files(1);
}

static void keeps_the_mode_and_the_link(void **state)
{
	struct stat st;

	(void)state;
	put("out", "old");
	assert_int_equal(chmod("out", 0640), 0);
	assert_int_equal(symlink("out", "link"), 0);
	put("link", "new");
	assert_holds("out", "new");
	assert_int_equal(stat("out", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void a_new_file_obeys_the_umask(void **state)
{
	mode_t old = umask(027);
	struct stat st;

	(void)state;
	put("out", "");
	umask(old);
	assert_int_equal(stat("out", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* /dev/full itself must survive: a rename would replace it by a file. */
static void a_full_device_is_an_error(void **state)
{
	struct stat st;

	(void)state;
	hush();
	assert_int_equal(json_save("/dev/full", json_pack("{s:i}", "a", 1)),
			 -1);
	assert_said("/dev/full: No space left on device");
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_files(0);
}

static json_t *big(void)
{
	json_t *list = json_array();

	for (int i = 0; i < 10000; i++)
		json_array_append_new(list, json_integer(i));
	return list;
}

/* A file that may not grow stands for a disk that is full. */
static void a_full_disk_leaves_the_old_file(void **state)
{
	struct rlimit old, small;

	(void)state;
	put("out", "old");
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 4096, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	hush();
	assert_int_equal(json_save("out", big()), -1);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_said("out: File too large");
	assert_holds("out", "old");
	assert_files(1);
}

static void refuses_hopeless_places_early(void **state)
{
	(void)state;
	assert_int_equal(outfile_check("out"), 0);
	assert_int_equal(outfile_check("-"), 0);
	assert_int_equal(outfile_check("/dev/null"), 0);
	hush();
	assert_int_equal(outfile_check("."), -1);
	assert_int_equal(outfile_check("no/out"), -1);
	assert_said("no/out: No such file or directory");
	assert_files(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appears_only_when_committed),
		TEST(leaves_nothing_when_discarded),
		TEST(keeps_the_mode_and_the_link),
		TEST(a_new_file_obeys_the_umask),
		TEST(a_full_device_is_an_error),
		TEST(a_full_disk_leaves_the_old_file),
		TEST(refuses_hopeless_places_early),
	};

	return tap_tests(tests);
}
