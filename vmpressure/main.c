// SPDX-License-Identifier: GPL-2.0
/* vmpressure.ko: start and stop, in order. */
#include <linux/module.h>

#include "vmpressure.h"

static int __init vp_init(void)
{
	int err = vp_feed_init();

	if (err)
		return err;
	err = vp_scopes_init();
	if (err)
		return err;
	err = vp_tunables_init();
	if (err)
		goto err_scopes;
	err = vp_dev_init();
	if (err)
		goto err_tunables;
	return 0;

err_tunables:
	vp_tunables_exit();
err_scopes:
	vp_scopes_exit();
	return err;
}

/* Whoever watches holds the module: there are no watchers any more. */
static void __exit vp_exit(void)
{
	vp_dev_exit();
	vp_tunables_exit();
	vp_feed_exit();
	vp_scopes_exit();
}

module_init(vp_init);
module_exit(vp_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("memory-pressure file descriptors, by machine, node or cgroup");
MODULE_VERSION(NP_VERSION);
