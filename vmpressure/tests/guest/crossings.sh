# SPDX-License-Identifier: GPL-2.0
# Memory gets short in each way there is, then by chance for half a minute (NP_LONG: ten).

echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/small
echo 16M >/sys/fs/cgroup/small/memory.max
seconds=30
[ -z "$NP_LONG" ] || seconds=600
seed=${NP_SEED:-$(date +%s)}
check "vmpressure.ko loads" insmod /modules/vmpressure.ko
diag "seed $seed"
[ ! -e /modules/zram.ko ] || check "swap" swap_on 64M
part crossings crossings $seconds /sys/fs/cgroup/small "$seed"
check "it unloads" wait_for 5 rmmod vmpressure
