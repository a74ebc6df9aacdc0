// SPDX-License-Identifier: GPL-2.0
/*
 * FNV-1a as its authors publish it: finds accidents, not attacks.
 */
#include "digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PRIME	0x100000001b3u

uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ b[i]) * PRIME;
	return digest;
}

uint64_t digest_text(uint64_t digest, const char *text)
{
	return digest_bytes(digest, text, strlen(text) + 1);
}

int digest_file(uint64_t *ret_digest, const char *path)
{
	FILE *f = fopen(path, "re");
	char buf[16384];
	size_t n;
	int err;

	if (!f)
		return -1;
	*ret_digest = DIGEST_START;
	while ((n = fread(buf, 1, sizeof(buf), f)))
		*ret_digest = digest_bytes(*ret_digest, buf, n);
	err = ferror(f) ? errno : 0;
	fclose(f);
	errno = err;
	return err ? -1 : 0;
}
