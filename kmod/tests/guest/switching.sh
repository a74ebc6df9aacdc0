# SPDX-License-Identifier: GPL-2.0
# All policies in turn, each for 100 ms, while five lanes do work after work.

seconds=$((${NP_LONG:+600} + 0))
[ $seconds -gt 0 ] || seconds=20

# lane WORKLOAD OPTION..: under a policy from its birth; a line for each end.
lane()
{
	while [ ! -e /tmp/enough ]; do
		ctl run none npwork "$@" --json >/tmp/work.$1 2>&1
		echo "$? $(cat /tmp/work.$1)" >>/tmp/ends.$1
	done
	touch "/tmp/over.$1"
}

# Were all works of a lane whole, and was there one?
whole()
{
	[ -s "/tmp/ends.$1" ] && ! grep -v '^0 {"workload"' "/tmp/ends.$1"
}

lanes="numa01 numa02 phases warehouse forkstorm"
check "the module loads" load
for workload in $lanes; do
	case $workload in
	forkstorm) size="--processes 2 --loops 10";;
	warehouse) size="--mb 16 --loops 40";;
	*)	size="--mb 16 --loops 400";;
	esac
	# shellcheck disable=SC2086 # options
	lane $workload $size &
done
ctl rotate $seconds >/tmp/rotated
is $? 0 "all policies in turn, every 100 ms, for $seconds s"
diag "$(tr '\n' ' ' </tmp/rotated)"
touch /tmp/enough
for workload in $lanes; do
	wait_for 60 [ -e /tmp/over.$workload ]
	check "all work of $workload was done" whole $workload
	diag "$workload: $(wc -l </tmp/ends.$workload) times"
done
nobody_managed()
{
	[ "$(ctl info | grep '^managed')" = managed=0 ]
}
check "nobody is managed" wait_for 5 nobody_managed
check "the module unloads" unload
