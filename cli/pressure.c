// SPDX-License-Identifier: GPL-2.0
/* A descriptor of vmpressure.ko, by words. */
#include "pressure.h"
#include "cli.h"
#include "pids.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <numaplace.h>

static const struct {
	const char *name;
	unsigned int level;
} levels[] = {
	{ "none", VMPRESSURE_NONE },
	{ "low", VMPRESSURE_LOW },
	{ "medium", VMPRESSURE_MEDIUM },
	{ "oom", VMPRESSURE_OOM },
};

int pressure_level(const char *name, unsigned int *ret_level)
{
	for (size_t i = 1; i < ARRAY_SIZE(levels); i++)
		if (!strcasecmp(levels[i].name, name)) {
			*ret_level = levels[i].level;
			return 0;
		}
	return -1;
}

const char *pressure_name(unsigned int level)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (levels[i].level == level)
			return levels[i].name;
	return "?";
}

static int open_fail(const struct pressure_scope *s, int error)
{
	switch (error) {
	case ENODEV:
		return fail("vmpressure.ko is not loaded; as root: modprobe "
			    "vmpressure, or insmod build/vmpressure/$(uname -r)/"
			    "vmpressure.ko");
	case EINVAL:
		if (s->node >= 0)
			return fail("there is no node %d with memory", s->node);
		break;
	case EBADF:
		return fail("%s: not a cgroup2 directory", s->cgroup);
	case EOPNOTSUPP:
		if (s->cgroup)
			return fail("%s: has no memory controller; write "
				    "+memory into the cgroup.subtree_control "
				    "above it", s->cgroup);
		return fail("Linux 6.1 tells nothing of reclaim while the multi-"
			    "generation LRU is on; write 0 into "
			    "/sys/kernel/mm/lru_gen/enabled");
	}
	return fail(VMPRESSURE_DEVICE ": %s", strerror(error));
}

static int open_config(struct vmpressure_config *c,
		       const struct pressure_scope *s)
{
	int fd = vmpressure_fd(c);

	return fd < 0 ? open_fail(s, errno) : fd;
}

static int open_cgroup(struct vmpressure_config *c,
		       const struct pressure_scope *s)
{
	int dir = cgroup_open(s->cgroup), fd;

	if (dir < 0)
		return -1;
	c->scope = VMPRESSURE_CGROUP;
	c->target = dir;
	fd = open_config(c, s);
	close(dir);
	return fd;
}

int pressure_open(const struct pressure_scope *s, unsigned int threshold,
		  unsigned int flags, unsigned int interval_ms)
{
	struct vmpressure_config c = {
		.size = sizeof(c), .threshold = threshold,
		.flags = flags | VMPRESSURE_CLOEXEC, .interval = interval_ms,
	};

	if (s->cgroup)
		return open_cgroup(&c, s);
	if (s->node >= 0) {
		c.scope = VMPRESSURE_NODE;
		c.target = s->node;
	}
	return open_config(&c, s);
}
