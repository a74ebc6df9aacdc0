// SPDX-License-Identifier: GPL-2.0
/*
 * Binding to the running kernel: every function that is called or redirected, and
 * every member that is read.  If one differs, nothing is touched.
 */
#include "compat/compat.h"
#include "kmod.h"

static bool check_imports(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < np_nr_imports; i++)
		good &= np_bind_function(btf, np_imports[i].name,
					 np_imports[i].signature, NULL);
	return good;
}

static bool check_hooks(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < np_nr_hooks; i++)
		good &= np_bind_function(btf, np_hooks[i].name,
					 np_hooks[i].signature,
					 &np_hooks[i].addr);
	return good;
}

static bool check_fields(struct np_btf *btf)
{
	bool good = true;
	int i;

	for (i = 0; i < np_nr_fields; i++)
		good &= np_bind_member(btf, np_fields[i].structure,
				       np_fields[i].name, np_fields[i].type,
				       &np_fields[i].offset);
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

	err = np_lookup_bind();
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
