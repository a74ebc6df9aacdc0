// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/numaplace: its calls, and what to do when they fail.
 */
#include "device.h"
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

int device_call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

static int explain_missing(void)
{
	struct utsname u;

	uname(&u);
	return fail(NP_DEVICE ": the module is not loaded; as root: "
		    "modprobe numaplace, or from a build tree: "
		    "insmod build/kmod/%s/numaplace.ko", u.release);
}

static int explain_open(int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return explain_missing();
	case EACCES:
	case EPERM:
		return fail(NP_DEVICE ": permission denied; become root, or "
			    "let an administrator open the device to you");
	default:
		return fail(NP_DEVICE ": %s", strerror(error));
	}
}

/* A module that speaks another language is told apart at once. */
static int check_abi(int fd)
{
	struct np_ioc_info info;
	int ret = device_info(fd, &info);

	if (!ret && info.abi != NP_ABI)
		ret = fail(NP_DEVICE ": the module speaks ABI %u, this program "
			   "%u; install the same version of both", info.abi,
			   NP_ABI);
	return ret;
}

int device_open(void)
{
	int fd = open(NP_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return explain_open(errno);
	if (!check_abi(fd))
		return fd;
	close(fd);
	return -1;
}

static const char *explain(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return "not permitted; it takes root or CAP_SYS_NICE, and for "
		       "another user's process the rights of ptrace(2)";
	case ESRCH:
		return "no such process";
	case ENOENT:
		return "not managed; see numaplace attach";
	case EBUSY:
		return "busy: it is in NUMA groups of its own (see numaplace "
		       "group), or kernel.numa_balancing is 2 (memory tiers)";
	case EALREADY:
		return "managed already; --replace changes its policy";
	case ENOTTY:
	case E2BIG:
		return "the module does not understand this call; install the "
		       "same version of module and command";
	default:
		return strerror(error);
	}
}

int device_fail(pid_t pid, int error)
{
	if (pid)
		return fail("process %d: %s", pid, explain(-error));
	return fail(NP_DEVICE ": %s", explain(-error));
}

int device_info(int fd, struct np_ioc_info *ret_info)
{
	struct np_ioc_info info = { .size = sizeof(info) };
	int ret = device_call(fd, NP_IOC_INFO, &info);

	if (ret)
		return device_fail(0, ret);
	*ret_info = info;
	return 0;
}

int device_status(int fd, unsigned int flags, pid_t pid,
		  struct np_ioc_status *ret_status)
{
	struct np_ioc_status status = {
		.size = sizeof(status), .flags = flags, .pid = pid,
	};
	int ret = device_call(fd, NP_IOC_STATUS, &status);

	if (ret)
		return device_fail(pid, ret);
	*ret_status = status;
	return 0;
}

pid_t device_next(int fd, pid_t pid)
{
	struct np_ioc_pid next = { .size = sizeof(next), .pid = pid };
	int ret = device_call(fd, NP_IOC_NEXT, &next);

	if (ret == -ENOENT)
		return 0;
	return ret ? device_fail(0, ret) : next.pid;
}
