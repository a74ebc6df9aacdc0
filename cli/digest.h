/* SPDX-License-Identifier: GPL-2.0 */
/* A number that tells whether bytes are still the same (FNV-1a, 64 bits). */
#ifndef CLI_DIGEST_H
#define CLI_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_START	0xcbf29ce484222325u

uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t len);

/* digest_text() - with its end, so that "ab" "c" is not "a" "bc". */
uint64_t digest_text(uint64_t digest, const char *text);

/* digest_file() - of all of a file.  Return: 0, or -1 with errno. */
int digest_file(uint64_t *ret_digest, const char *path);

#endif
