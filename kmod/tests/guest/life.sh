# SPDX-License-Identifier: GPL-2.0
# Who is managed, and that nothing which happens to a machine or its processes
# meanwhile does harm.

fast=scan_delay=0,scan_period=10,scan_period_max=10
long=${NP_LONG:+60}

# run NAME COMMAND..: in the background; ended NAME: how did it end?
run()
{
	name=$1
	shift
	{ "$@" >/tmp/out.$name 2>&1; echo $? >/tmp/status.$name; } &
}

ended()
{
	wait_for "${2:-30}" [ -s "/tmp/status.$1" ] || {
		not_ok "$1 did not end"
		return
	}
	is "$(cat "/tmp/status.$1")" 0 "$1 has ended well" ||
		diag "$(tail -n 20 "/tmp/out.$1")"
	rm -f "/tmp/status.$1"
}

# endless WORKLOAD: until end_work; its first worker is $pid.
endless()
{
	run work npwork "$1" --mb 16 --seconds 100000
	check "a workload runs" wait_for 10 workers
	first=$(pids | head -n 1)
	pid=$(pids | sed -n 2p)
}

pids()
{
	pidof npwork | tr ' ' '\n' | sort -n
}

workers()
{
	[ "$(pids | wc -l)" -ge 2 ]
}

end_work()
{
	kill -TERM "$first"
	ended work
}

nobody_managed()
{
	[ "$(ctl info | grep '^managed')" = managed=0 ]
}

counter()
{
	ctl status "$1" | sed -n "s/^$2=//p"
}

check "the module loads" load
check "and the test policies" insmod /modules/np_test_policies.ko

part life life
part storm storm
part inject inject

at "everything at once, to one process and its children"

missed=$(ctl info | grep '^inherit_failed')
run churn ctl run audit:$fast churn ${long:-4} 2 ${NP_SEED:-42}
sleep 1
diag "faults in the first second: $(counter all hint_faults)"
ended churn $((30 + ${long:-0}))
check "nobody is managed" wait_for 3 nobody_managed
[ "$(counter all hint_faults)" -gt 0 ] && [ "$(counter all pages_migrated)" -gt 0 ]
is $? 0 "it had faults and pages moved"
is "$(ctl info | grep '^inherit_failed')" "$missed" "no child was missed"

at "CPUs and memory that come and go"

run work ctl run moron:$fast npwork numa02 --mb 32 --seconds 6
sleep 1
for cpus in 1 3 "2 3"; do
	for cpu in $cpus; do
		echo 0 >/sys/devices/system/cpu/cpu$cpu/online
	done
	sleep 0.3
	for cpu in $cpus; do
		echo 1 >/sys/devices/system/cpu/cpu$cpu/online
	done
done
is "$(cat /sys/devices/system/cpu/online)" 0-3 \
	"CPUs were taken away and put back, one by one and all of a node"
gone=
for block in $(ls -d /sys/devices/system/node/node1/memory[0-9]* | sort -r); do
	grep -q Movable "$block/valid_zones" || continue
	echo offline >"$block/state" 2>/dev/null || continue
	gone="$gone $block"
	[ "$(echo $gone | wc -w)" -lt 2 ] || break
done
sleep 1
for block in $gone; do
	echo online_movable >"$block/state"
done
if [ -n "$gone" ]; then
	is "$(cat $(printf '%s/state ' $gone) | sort -u)" online \
		"memory was taken away and put back"
else
	skip "memory was taken away and put back" "no block of memory can be"
fi
ended work

at "policies are switched by someone else while four workloads run"

endless numa01_thread
run numa02 ctl run mainline:$fast npwork numa02 --mb 16 --seconds 6
run phases ctl run audit:$fast npwork phases --mb 16 --seconds 6
run forks ctl run schednuma:$fast npwork forkstorm --seconds 6
i=0
check "attach to a running workload" ctl attach "$pid" moron:$fast
while [ $i -lt 10 ]; do
	for policy in audit none mainline autonuma schednuma numacore \
		      adaptive balancenuma stock moron; do
		ctl replace "$pid" "$policy:$fast" || break 2
	done
	i=$((i + 1))
done
is $i 10 "a hundred switches"
ctl detach "$pid"
i=0
while [ $i -lt 100 ]; do
	ctl attach "$pid" moron:$fast && ctl detach "$pid" || break
	i=$((i + 1))
done
is $i 100 "attached and detached a hundred times"
end_work
for work in numa02 phases forks; do
	ended $work
done
check "nobody is managed" wait_for 3 nobody_managed

at "the module goes while it is needed"

check "the test policies go" wait_for 5 rmmod np_test_policies
run numa01 ctl run moron:$fast npwork numa01 --mb 16 --seconds 4
run numa02 ctl run moron:$fast npwork numa02 --mb 16 --seconds 4
run forks ctl run moron:$fast npwork forkstorm --seconds 4
run churn ctl run moron:$fast churn 4 1 7
sleep 2
diag "managed: $(ctl info | tr '\n' ' ')"
check "unloaded while four workloads run" wait_for 5 unload
is "$(nr_hooked)" 0 "nothing is hooked"
check "loaded again" load
is "$(ctl info | grep '^managed')" managed=0 "they are nobody's now"
for work in numa01 numa02 forks churn; do
	ended $work
done

at "and again and again"

endless numa02
i=0
while [ $i -lt 3 ]; do
	ctl attach "$pid" moron:$fast && sleep 0.3 && unload && load || break
	i=$((i + 1))
done
is $i 3 "attached and unloaded three times while it runs"
end_work
is "$(refcount numaplace)" 0 "nobody uses the module"
check "it is unloaded" unload
is "$(nr_hooked)" 0 "nothing is hooked"
is "$(ls /sys/kernel/slab | grep numaplace)" "" "no cache is left"
