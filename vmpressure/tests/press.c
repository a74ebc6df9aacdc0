// SPDX-License-Identifier: GPL-2.0
/* press MIB: take so much memory that is easily given up, and end. */
#include <stdlib.h>

#include "press.h"

int main(int argc, char **argv)
{
	long mib = argc > 1 ? atol(argv[1]) : 0;

	while (mib-- > 0)
		press(true);
	return 0;
}
