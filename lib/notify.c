// SPDX-License-Identifier: GPL-2.0
/* np_notify_fd(): what happens to the process. */
#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <numaplace/uapi.h>

#include "device.h"
#include "numaplace.h"

/* What read(2) returns is the module's own. */
#define SAME(field)							\
	_Static_assert(offsetof(struct np_event, field) ==		\
		       offsetof(struct np_notice, field), #field)

SAME(type);
SAME(tid);
SAME(from);
SAME(to);
SAME(addr);
SAME(len);
SAME(pages);
SAME(reason);
SAME(count);
_Static_assert(sizeof(struct np_event) == sizeof(struct np_notice), "np_event");
_Static_assert((int)NP_EVENT_LOST == (int)NP_NOTICE_LOST, "types");

int np_notify_fd(void)
{
	struct np_ioc_notify n = { .size = sizeof(n) };
	int fd = np_device_open(), why;

	if (fd < 0 || !ioctl(fd, NP_IOC_NOTIFY, &n))
		return fd;
	why = errno == ENOTTY ? ENODEV : errno;
	close(fd);
	errno = why;
	return -1;
}
