# SPDX-License-Identifier: GPL-2.0
# A producer and a consumer, beside three programs that come and go: as the stock
# kernel has them (run 1), and in a NUMA group (run 2).

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

pairs="npwork pairs --processes 2 --json --seconds 3600"
echo 1 >$balancing
share 1 $pairs
echo 0 >$balancing
share 2 numaplace run --group pair -- $pairs
kill $load
wait
is "$(numaplace group list)" "no groups" "no group is left"
check "the module unloads" wait_for 10 unload
