// SPDX-License-Identifier: GPL-2.0
/* vmpressure_fd(): a descriptor of vmpressure.ko's device. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "numaplace.h"

/* The structure of 2012 ends before the flags. */
static unsigned int flags_of(const struct vmpressure_config *config)
{
	return config->size > 8 ? config->flags : 0;
}

static int set_flags(int fd, unsigned int flags)
{
	if (fcntl(fd, F_SETFL, flags & VMPRESSURE_NONBLOCK ? O_NONBLOCK : 0))
		return -1;
	return fcntl(fd, F_SETFD, flags & VMPRESSURE_CLOEXEC ? FD_CLOEXEC : 0);
}

static int fail(int fd, int why)
{
	close(fd);
	errno = why;
	return -1;
}

/* The kernel looks at the structure first: a bad pointer is EFAULT, not a crash. */
int vmpressure_fd(struct vmpressure_config *config)
{
	int fd = open(VMPRESSURE_DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		errno = ENODEV;
	if (fd < 0)
		return -1;
	if (ioctl(fd, VMPRESSURE_IOC_WATCH, config) ||
	    set_flags(fd, flags_of(config)))
		return fail(fd, errno == ENOTTY ? ENODEV : errno);
	return fd;
}
