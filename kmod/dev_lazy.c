// SPDX-License-Identifier: GPL-2.0
/* Lazy migration of the caller's own memory: np_mbind() of libnumaplace. */
#include <linux/sched/mm.h>

#include "compat/compat.h"
#include "dev.h"

/* Return: 0, or -EINVAL for what no range can be. */
static int check_range(u64 addr, u64 *len)
{
	u64 aligned = PAGE_ALIGN(*len);

	if (addr & ~PAGE_MASK || aligned < *len || addr + aligned < addr)
		return -EINVAL;
	*len = aligned;
	return 0;
}

static long mark(struct mm_struct *mm, const struct np_ioc_lazy *l, u64 len)
{
	long marked;

	np_drain_lru();
	mmget(mm);	/* see np_lazy_mark() */
	marked = np_lazy_mark(mm, l->addr, l->addr + len,
			      l->flags & NP_LAZY_WHOLE);
	mmput(mm);
	return marked;
}

int np_do_lazy(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_lazy *l = &arg->lazy;
	u64 len = l->len;
	struct np_kproc *kp;
	long marked;

	if (l->flags & ~NP_LAZY_WHOLE || !NP_RESERVED_ZERO(l) ||
	    check_range(l->addr, &len))
		return -EINVAL;
	kp = np_file_adopt(f, current, false);
	if (IS_ERR(kp))
		return PTR_ERR(kp);
	np_kproc_put(kp);
	marked = mark(current->mm, l, len);
	if (marked < 0)
		return marked;
	l->marked = marked;
	return 0;
}
