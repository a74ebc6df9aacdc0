// SPDX-License-Identifier: GPL-2.0
/*
 * vmpressure_fd(): a cache that shrinks when memory gets short, for a minute.
 *
 *	cc vmpressure_fd.c $(pkg-config --cflags --libs libnumaplace)
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <numaplace.h>

static void heed(unsigned int pressure)
{
	if (pressure >= VMPRESSURE_OOM)
		puts("drop the cache");
	else if (pressure >= VMPRESSURE_MEDIUM)
		puts("drop half of the cache");
	else
		puts("it is over");
	fflush(stdout);
}

int main(void)
{
	struct vmpressure_config config = {
		.size = sizeof(config),
		.threshold = VMPRESSURE_MEDIUM,
		.flags = VMPRESSURE_CLOEXEC | VMPRESSURE_OVER,
	};
	struct pollfd p = { .fd = vmpressure_fd(&config), .events = POLLIN };
	struct vmpressure_event e;

	if (p.fd < 0) {
		perror("vmpressure_fd");
		return 1;
	}
	while (poll(&p, 1, 60000) > 0 && read(p.fd, &e, sizeof(e)) == sizeof(e))
		heed(e.pressure);
	close(p.fd);
	return 0;
}
