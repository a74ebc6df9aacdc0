// SPDX-License-Identifier: GPL-2.0
/*
 * Binding to the running kernel: every function that is called or redirected, and
 * every member that is read, must exist and have exactly the type it was written
 * for, by the kernel's own type information.  Otherwise nothing is touched and the log names what
 * differs.
 */
#include <linux/kprobes.h>
#include <linux/static_call.h>

#include "compat/compat.h"
#include "kmod.h"

static unsigned long no_lookup(const char *name)
{
	return 0;
}

/* Static calls, because sealed functions must not be called by pointer (IBT). */
DEFINE_STATIC_CALL(np_lookup, no_lookup);

/* kallsyms_lookup_name() itself can only be found by a probe set on it. */
static int bind_lookup(void)
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

/* Say what differs, and go on: one load attempt names everything. */
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

static bool present(struct np_btf *btf, const char *name, const char *want,
		    unsigned long *ret_addr)
{
	*ret_addr = np_symbol(name);
	if (!*ret_addr)
		pr_err("this kernel lacks %s\n", name);
	return *ret_addr && same_type(btf, name, want);
}

static bool check_imports(struct np_btf *btf)
{
	unsigned long addr;
	bool good = true;
	int i;

	for (i = 0; i < np_nr_imports; i++)
		good &= present(btf, np_imports[i].name,
				np_imports[i].signature, &addr);
	return good;
}

static bool check_hooks(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < np_nr_hooks; i++)
		good &= present(btf, np_hooks[i].name, np_hooks[i].signature,
				&np_hooks[i].addr);
	return good;
}

static bool same_field(struct np_btf *btf, struct np_field *f)
{
	char have[SIGNATURE_LEN];
	int err = np_btf_member(btf, f->structure, f->name, &f->offset, have,
				sizeof(have));

	if (err)
		pr_err("this kernel's struct %s lacks %s\n", f->structure,
		       f->name);
	else if (strcmp(have, f->type))
		pr_err("this kernel's %s in struct %s is '%s', not '%s'\n",
		       f->name, f->structure, have, f->type);
	return !err && !strcmp(have, f->type);
}

static bool check_fields(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < np_nr_fields; i++)
		good &= same_field(btf, &np_fields[i]);
	return good;
}

static int check_all(void)
{
	struct np_btf *btf = np_btf_open();
	bool good;

	if (IS_ERR(btf)) {
		pr_err("this kernel has no type information (CONFIG_DEBUG_INFO_BTF)\n");
		return PTR_ERR(btf);
	}
	good = check_imports(btf) & check_hooks(btf) & check_fields(btf);
	np_btf_close(btf);
	return good ? 0 : -EOPNOTSUPP;
}

int np_symbols_bind(void)
{
	int i, err;

	err = bind_lookup();
	if (!err)
		err = check_all();
	if (!err)
		err = np_compat_bind_data();
	if (err)
		return err;
	for (i = 0; i < np_nr_imports; i++)
		np_imports[i].bind(np_symbol(np_imports[i].name));
	return 0;
}
