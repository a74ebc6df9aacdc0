// SPDX-License-Identifier: GPL-2.0
/*
 * np_notify_fd(): print what happens to this process, for a minute.
 *
 *	cc np_notify_fd.c $(pkg-config --cflags --libs libnumaplace)
 *	./a.out & numaplace attach -p schednuma $!
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <numaplace.h>

static void show(const struct np_event *e)
{
	switch (e->type) {
	case NP_EVENT_MOVED:
		printf("thread %d: home node %d, was %d\n", e->tid, e->to,
		       e->from);
		break;
	case NP_EVENT_SHORT:
		printf("node %d is short of memory\n", e->to);
		break;
	case NP_EVENT_RELIEVED:
		printf("node %d has memory again\n", e->to);
		break;
	case NP_EVENT_REFUSED:
		printf("%llu pages from %#llx on stay, reason %u\n", e->pages,
		       e->addr, e->reason);
		break;
	case NP_EVENT_LOST:
		printf("%u events came too fast\n", e->count);
	}
	fflush(stdout);
}

int main(void)
{
	struct pollfd p = { .fd = np_notify_fd(), .events = POLLIN };
	struct np_event e;

	if (p.fd < 0) {
		perror("np_notify_fd");
		return 1;
	}
	while (poll(&p, 1, 60000) > 0 && read(p.fd, &e, sizeof(e)) == sizeof(e))
		show(&e);
	close(p.fd);
	return 0;
}
