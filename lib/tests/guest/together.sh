# SPDX-License-Identifier: GPL-2.0
# A producer and a consumer (runs 1 and 2), and a process whose four threads share
# its memory (3 and 4), beside three programs that come and go: as the stock kernel
# has them, and in a NUMA group.

echo never >/sys/kernel/mm/transparent_hugepage/enabled
check "the module loads" load
for seed in 1 2 3; do
	spin $seed &
	load="${load-} $!"
done

# share RUN COMMAND..: the first seconds are for settling.
share()
{
	run=$1
	shift
	"$@" >/tmp/out 2>&1 &
	sleep $((4 * NP_SCALE))
	witness-mark start "$run"
	sleep $((10 * NP_SCALE))
	witness-mark stop "$run"
	kill -INT $!
	wait $!
	check "run $run has done its work" grep -q '"work":[1-9]' /tmp/out
}

work="--json --seconds 3600"
pairs="npwork pairs --processes 2 $work"
four="npwork numa01 --processes 1 --threads 4 --init main --mb 256 $work"
echo 1 >$balancing
share 1 $pairs
share 3 $four
echo 0 >$balancing
share 2 numaplace run --group pair -- $pairs
share 4 numaplace run --group four -- $four
kill $load

# More threads than their node has CPUs: nobody has to wait for another.
cpus()
{
	[ "$(cat $(printf "/proc/%s/task/*/stat " $(pidof npwork)) |
		awk '$3 == "R" { print $39 }' | sort -u | wc -l)" = 6 ]
}

numaplace group create --node 1 six
taskset -c 4-7 numaplace run --group six -- npwork numa02 --threads 6 --mb 64 $work >/dev/null 2>&1 &
six=$!
sleep $((2 * NP_SCALE))
refuse "six threads do not run on four CPUs" cpus
for pid in $(pidof npwork); do
	taskset -a -p ff $pid >/dev/null
done
check "six threads of a group on a node of four run on six CPUs" wait_for 20 cpus
kill -INT $six
wait
numaplace group delete six

# Two groups on one node, under a policy that evens out: it takes one of them, whole.
apart()
{
	[ "$(numaplace group list | awk 'NR > 1 { print $3 }' | sort -u | wc -l)" = 2 ]
}

for name in this that; do
	check "a group on node 0" numaplace group create --node 0 $name
	numaplace run --policy schednuma --group $name -- \
		npwork numa02 --threads 3 --mb 64 $work >/dev/null 2>&1 &
	pids="${pids-} $!"
done
check "schednuma takes one to the other node" wait_for 30 apart
kill -INT $pids
wait
numaplace group delete this
numaplace group delete that
is "$(numaplace group list)" "no groups" "no group is left"
check "the module unloads" wait_for 10 unload
