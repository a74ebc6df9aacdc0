/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which points are being simulated, so that processes that share a file do not
 * make the same one twice.  A claim ends with the process that holds it.
 */
#ifndef CLI_CLAIM_H
#define CLI_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * claim_open() - a descriptor for claims on what is in the file @path, which
 * is there from then on, or -1.
 * To close it breaks the locks of any open database in the same file: open it
 * first, close it last.
 */
int claim_open(const char *path);

/**
 * claim_take() - one number, from 0
 * @wait:	until nobody else has it
 * Return: false if somebody else has it.
 */
bool claim_take(int fd, int64_t number, bool wait);
void claim_drop(int fd, int64_t number);

#endif
