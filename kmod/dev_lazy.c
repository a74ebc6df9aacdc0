// SPDX-License-Identifier: GPL-2.0
/* Lazy migration of the caller's own memory: np_mbind() of libnumaplace. */
#include <linux/sched/mm.h>

#include "compat/compat.h"
#include "dev.h"
#include "ng.h"

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
	mmget(mm);	/* see np_mark() */
	marked = np_mark(mm, l->addr, l->addr + len, 0,
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

int np_do_progress(struct np_file *f, union np_arg *arg)
{
	struct np_ioc_progress *p = &arg->progress;
	struct np_pages pages = { 0 };
	u64 len = p->len;
	long ranges;

	if (p->flags || !NP_RESERVED_ZERO(p) || check_range(p->addr, &len))
		return -EINVAL;
	ranges = np_count(current->mm, p->addr, p->addr + len, 0, true, &pages);
	if (ranges < 0)
		return ranges;
	p->present = pages.present;
	p->waiting = pages.waiting;
	p->there = pages.there;
	return 0;
}
