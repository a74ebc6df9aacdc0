# SPDX-License-Identifier: GPL-2.0
# Each call, without the module and with it.

part "without the module" calls absent
mkdir -p /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup
echo +memory >/tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/tests
echo +memory >/tmp/cgroup/tests/cgroup.subtree_control
ulimit -n 2048
check "vmpressure.ko loads" insmod /modules/vmpressure.ko
is "$(nr_hooked)" 0 "nothing in reclaim is hooked"
part calls calls /tmp/cgroup/tests
part races races /tmp/cgroup/tests
case $(uname -r) in
6.1.*)
	lru_gen=/sys/kernel/mm/lru_gen/enabled
	check "the multi-generation LRU" eval "echo y >$lru_gen"
	part "multi-generation LRU" calls silent /tmp/cgroup/tests
	echo n >$lru_gen
esac
none_hooked()
{
	[ "$(nr_hooked)" = 0 ]
}
check "..nor when nobody watches any more" wait_for 5 none_hooked
check "it unloads" rmmod vmpressure
