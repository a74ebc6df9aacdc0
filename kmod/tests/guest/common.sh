# SPDX-License-Identifier: GPL-2.0
# What the scenarios of the module's tests share. Runs in the guest.

. /lib/np/tap.sh

balancing=/proc/sys/kernel/numa_balancing
hooked=/sys/kernel/tracing/enabled_functions

# part NAME COMMAND..: a program that prints results of its own, and its plan
# last. Status 1 means that some are bad, which they have said.
part()
{
	what=$1
	shift
	{ "$@"; echo $? >/tmp/part.status; } | tee /tmp/part
	status=$(cat /tmp/part.status)
	[ "$status" -le 1 ] && tail -n 1 /tmp/part | grep -q '^1\.\.[1-9]' ||
		not_ok "$what ended with status $status"
}

load()
{
	insmod /modules/numaplace.ko
}

unload()
{
	rmmod numaplace
}

# A mark in the kernel's log, and what came behind it.
mark()
{
	mark="np-mark-$$-$((marks = ${marks-0} + 1))"
	echo "<6>$mark" >/dev/kmsg
}

since_mark()
{
	dmesg | sed "1,/$mark/d"
}

# How many functions of the kernel are redirected to someone.
nr_hooked()
{
	wc -l <$hooked
}

# refcount MODULE
refcount()
{
	cat "/sys/module/$1/refcnt"
}

# wait_for SECONDS COMMAND..: until the command succeeds.
wait_for()
{
	tries=$(($1 * NP_SCALE * 10))
	shift
	while [ $tries -gt 0 ]; do
		"$@" && return
		tries=$((tries - 1))
		sleep 0.1
	done
	return 1
}

at()
{
	diag "at $(cut -d. -f1 /proc/uptime) s: $*"
}

end_of_scenario()
{
	echo "# the scenario is over"
	[ "$tap_failed" = 0 ]
}
