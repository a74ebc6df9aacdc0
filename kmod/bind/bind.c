// SPDX-License-Identifier: GPL-2.0
/* Look up and compare; say what differs, and go on: one attempt names everything. */
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "bind.h"

static unsigned long no_lookup(const char *name)
{
	return 0;
}

/* Static calls, because sealed functions must not be called by pointer (IBT). */
DEFINE_STATIC_CALL(np_lookup, no_lookup);

/* kallsyms_lookup_name() itself can only be found by a probe set on it. */
int np_lookup_bind(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };

	if (register_kprobe(&probe) < 0) {
		pr_err("this kernel lacks kallsyms_lookup_name or kprobes\n");
		return -EOPNOTSUPP;
	}
	static_call_update(np_lookup,
			   (unsigned long (*)(const char *))probe.addr);
	unregister_kprobe(&probe);
	return 0;
}

unsigned long np_symbol(const char *name)
{
	return static_call(np_lookup)(name);
}

#define SIGNATURE_LEN 192

static bool same_type(struct np_btf *btf, const char *name, const char *want)
{
	char have[SIGNATURE_LEN];
	int err = np_btf_signature(btf, name, have, sizeof(have));

	if (err)
		pr_err("this kernel's type information lacks %s\n", name);
	else if (strcmp(have, want))
		pr_err("this kernel's %s is '%s', not '%s'\n", name, have,
		       want);
	return !err && !strcmp(have, want);
}

bool np_bind_function(struct np_btf *btf, const char *name, const char *want,
		      unsigned long *ret_addr)
{
	unsigned long addr = np_symbol(name);

	if (!addr)
		pr_err("this kernel lacks %s\n", name);
	if (ret_addr)
		*ret_addr = addr;
	return addr && same_type(btf, name, want);
}

bool np_bind_tracepoint(struct np_btf *btf, const char *name, const char *want)
{
	char have[SIGNATURE_LEN];
	int err = np_btf_tracepoint(btf, name, have, sizeof(have));

	if (err)
		pr_err("this kernel's type information lacks the trace point %s\n",
		       name);
	else if (strcmp(have, want))
		pr_err("this kernel's trace point %s is '%s', not '%s'\n",
		       name, have, want);
	return !err && !strcmp(have, want);
}

bool np_bind_member(struct np_btf *btf, const char *structure, const char *name,
		    const char *want, unsigned int *ret_offset)
{
	char have[SIGNATURE_LEN];
	int err = np_btf_member(btf, structure, name, ret_offset, have,
				sizeof(have));

	if (err)
		pr_err("this kernel's struct %s lacks %s\n", structure, name);
	else if (strcmp(have, want))
		pr_err("this kernel's %s in struct %s is '%s', not '%s'\n", name,
		       structure, have, want);
	return !err && !strcmp(have, want);
}
