# SPDX-License-Identifier: GPL-2.0
# Home nodes, moves and swaps of tasks, workers, balancing.

check "the module loads" load
check "the test policies load" insmod /modules/np_test_policies.ko
before=$(nr_hooked)
as_before()
{
	[ "$(nr_hooked)" = "$before" ]
}

part asks asks
check "what was hooked for some is not hooked any more" \
	wait_for 10 as_before
check "the test policies unload" wait_for 10 rmmod np_test_policies
check "the module unloads" unload
