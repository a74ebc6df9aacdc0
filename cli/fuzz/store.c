// SPDX-License-Identifier: GPL-2.0
/*
 * A file from anybody as the database of a sweep.
 */
#include "fuzz/replay.h"
#include "reader.h"

#include <assert.h>
#include <stdio.h>

static void write_file(const uint8_t *data, size_t size)
{
	FILE *f = fopen(READER_FILE, "we");

	assert(f);
	assert(fwrite(data, 1, size, f) == size);
	assert(!fclose(f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	reader_enter();
	write_file(data, size);
	reader_try();
	reader_leave();
	return 0;
}
