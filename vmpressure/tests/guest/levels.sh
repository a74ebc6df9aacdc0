# SPDX-License-Identifier: GPL-2.0
# Memory is filled step by step, without swap and with.

check "vmpressure.ko loads" insmod /modules/vmpressure.ko
part "no swap" levels machine
part "no swap, one node" levels node 1
if [ -e /modules/zram.ko ]; then
	check "swap" swap_on 64M
	part "swap" levels machine
	part "swap, one node" levels node 1
else
	skip "swap" "this kernel has no compressed RAM device"
fi
check "it unloads" wait_for 5 rmmod vmpressure
