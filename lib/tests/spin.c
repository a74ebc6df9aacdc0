// SPDX-License-Identifier: GPL-2.0
/*
 * spin SEED: bursts of work without memory, and pauses, until it is ended: what
 * makes a load balancer move others.
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>

#include "common.h"

static unsigned long state;

static unsigned int roll(unsigned int sides)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return (state >> 33) % sides;
}

/* Nothing but a register: the witness counts every load and store. */
static void burst(unsigned long n)
{
	for (; n; n--)
		__asm__ volatile("" : "+r"(n));
}

int main(int argc, char **argv)
{
	state = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		burst(5000000UL * (1 + roll(10)));
		msleep(10 + roll(100));
	}
}
