# SPDX-License-Identifier: GPL-2.0
# Random calls, and a cache that heeds what it is told.

mkdir -p /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup
echo +memory >/tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/tests
seed=${NP_SEED:-$(date +%s)}
calls=20000
[ -z "$NP_LONG" ] || calls=1000000
check "vmpressure.ko loads" insmod /modules/vmpressure.ko
diag "seed $seed"
part "random calls" fuzz $calls "$seed" /tmp/cgroup/tests
# From where reclaim begins it takes a while to the end on nodes this small, too.
echo 500 >/proc/sys/vm/watermark_scale_factor
part "a cache" heed
check "it unloads" wait_for 5 rmmod vmpressure

# The tunables.
insmod /modules/vmpressure.ko
cd /proc/sys/vm
is "$(cat vmevent_window vmevent_level_medium vmevent_level_oom \
	vmevent_level_oom_priority | xargs)" "256 60 99 4" "the values of 2012"
set_to()
{
	echo "$2" 2>/dev/null >"$1"
}

for bad in "window 0" "window 2000000" "window x" "level_medium 0" \
	   "level_medium 100" "level_oom 59" "level_oom 101" \
	   "level_oom_priority 13" "level_oom_priority -1"; do
	refuse "$bad is refused" set_to "vmevent_${bad% *}" "${bad#* }"
done
check "others are taken" set_to vmevent_level_medium 50
is "$(cat vmevent_level_medium)" 50 "..and told"
cd /
check "it unloads again" rmmod vmpressure
