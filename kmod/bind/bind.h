/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binding a module to the running kernel: what it may not link to is looked up by
 * name, and is taken only if it has exactly the type that it was written for, by
 * the kernel's own type information.  What is missing or differs is named in the
 * log.
 */
#ifndef NP_BIND_H
#define NP_BIND_H

#include <linux/printk.h>
#include <linux/types.h>

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

/* First of all. 0 or -EOPNOTSUPP. */
int np_lookup_bind(void);
/* Address of a kernel symbol, 0 if there is none. */
unsigned long np_symbol(const char *name);

struct np_btf;

/* The running kernel's own type information. ERR_PTR(-EOPNOTSUPP) if none. */
struct np_btf *np_btf_open(void);
void np_btf_close(struct np_btf *btf);
/* C-like text of a function's type, e.g. "int (struct folio *, int)". */
int np_btf_signature(struct np_btf *btf, const char *func, char *buf,
		     size_t size);
/* The same of a trace point's probe: "void (void *, int)". */
int np_btf_tracepoint(struct np_btf *btf, const char *name, char *buf,
		      size_t size);
/* The same of a structure's member, and where it is in bytes. All: or -ENOENT. */
int np_btf_member(struct np_btf *btf, const char *structure, const char *name,
		  unsigned int *ret_offset, char *buf, size_t size);

/* Is there such a function? With @ret_addr, where? */
bool np_bind_function(struct np_btf *btf, const char *name, const char *want,
		      unsigned long *ret_addr);
/* "void (void *, int)" of a trace point's probe. */
bool np_bind_tracepoint(struct np_btf *btf, const char *name, const char *want);
bool np_bind_member(struct np_btf *btf, const char *structure, const char *name,
		    const char *want, unsigned int *ret_offset);

#endif
