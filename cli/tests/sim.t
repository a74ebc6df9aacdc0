#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Comparisons on the simulated machine: on any machine, in seconds, without root.

top=$(cd "$(dirname "$0")/../.." && pwd)
np=${NUMAPLACE:-$top/build/numaplace}
[ -x "$np" ] || { echo "1..0 # SKIP no $np"; exit 0; }
. "$top/lab/guest/tap.sh"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

# simulate FILE OPTION..: the figures of a comparison, without when and by which command
simulate()
{
	file=$1
	shift
	"$np" compare --on sim --quiet --seconds 12 "$@" --json "$file.full" &&
		jq -S 'del(.date, .command)' "$file.full" >"$file"
}

# value FILE WORKLOAD POLICY KEY
value()
{
	jq -r --arg w "$2" --arg p "$3" \
		".runs[] | select(.workload == \$w and .policy == \$p) | $4" "$1"
}

at_least()
{
	is "$(jq -n "$1 >= $2")" true "$3 ($1)"
}

at_most()
{
	is "$(jq -n "$1 <= $2")" true "$3 ($1)"
}

all=numa01,numa01_thread,numa02,numa02_smt,forkstorm,idle,phases,pingpong
check "all of the lab's workloads under all policies" \
	simulate all --topology 2x2 --workload $all \
	--policies off,stock,none,moron,hand,inverse
is "$(jq '.runs | length' all)" 48 "there are 48 runs"
at_least "$(value all numa02 hand .local_final)" 0.999 "by hand all is local"
at_most "$(value all numa02 inverse .local_final)" 0.001 "inverse, nothing"
at_least "$(value all numa02 moron .local_final)" 0.99 "moron settles numa02"
at_least "$(value all numa02 stock .local_final)" 0.99 "so does the kernel"
at_most "$(value all numa01 moron .local_final)" 0.6 "moron does not settle numa01"
is "$(value all numa02 off .hint_faults)" 0 "who is not managed has no hinting fault"
is "$(value all numa02 none .pages_migrated)" 0 "none moves nothing"
at_least "$(value all numa02 none .hint_faults)" 1000 "but has seen faults"
at_least "$(value all forkstorm off .work_done)" 100 "children come and go"
at_least "$(value all numa02 moron '.work_done')" \
	"$(value all numa02 inverse '.work_done')" "local memory is faster"

check "the same again" simulate again --topology 2x2 --workload $all \
	--policies off,stock,none,moron,hand,inverse
check "gives the same, to the byte" cmp all again
check "another seed" simulate seed --topology 2x2 --workload numa01 \
	--policies stock --repeat 2 --seed 7
is "$(jq -c '[.runs[].sim.seed]' seed)" '[7,8]' "rounds have seeds of their own"

for topology in 1x4 4x12 mesh:9x2 backplane:8x4 "$top/lab/topologies/far-memory.topo"; do
	check "$(basename "$topology")" simulate t --topology "$topology" \
		--workload numa02,warehouse,stream --policies off,moron --thp always
done
check "messages" simulate t --topology 2x2 --workload messages --policies off
for preempt in none voluntary full lazy; do
	check "preemption: $preempt" simulate p --topology 2x2 \
		--workload latency --policies off --preempt $preempt
	is "$(jq -r '.runs[0].sim.preempt' p)" $preempt "it says so"
done
check "isolated CPUs" simulate i --topology 2x2 --workload numa02 \
	--policies off --isolated 3
check "what is simulated in a lab's guest" simulate e --topology 2x2 \
	--workload numa02 --policies off --costs emulated
is "$(jq -r '.runs[0].sim.costs' e)" emulated "it says so"
check "on a host twice as slow" simulate slow --topology 2x2 \
	--workload numa02 --policies off --costs emulated:slower=2
is "$(jq -r '.runs[0].sim.costs' slow)" emulated:slower=2 "it says so, too"
is "$(jq -s '.[0].runs[0].work_done / .[1].runs[0].work_done | round' e slow)" 2 \
	"half is done there"

cat >mine.work <<'W'
workload mine "a file of one's own"
unit MiB
param mb = 8 from 1 to 64 "MiB"
process p
	region r size=mb * 1M
	thread
		touch r
		sweep r passes=10
	end
end
W
check "a workload of one's own" simulate m --topology 2x2 \
	--workload ./mine.work:mb=16 --policies off,moron
is "$(value m ./mine.work:mb=16 off '.work_done | round')" 160 "does what it says"
is "$(value m ./mine.work:mb=16 off '.sim.finished')" true "and ends by itself"

echo 'process p' >bad.work
"$np" compare --on sim --topology 2x2 --workload ./bad.work --policies off 2>said
is $? 2 "a workload that is none: exit code"
like "$(cat said)" 'bad.work:' "its name and line are told"
"$np" compare --on sim --topology 2x2 --workload numa02:mb=100000 --policies off \
	--quiet --json none 2>said
is $? 1 "more memory than there is: exit code"
like "$(cat said)" 'memory is full' "it says why"
refuse "and leaves no report" [ -e none ]
"$np" compare --on sim --topology 2x12 --workload numa02 --policies moron \
	--seconds 80000 --json none 2>said &
sleep 0.5
kill -INT $!
wait $!
is $? 130 "Ctrl-C in the middle: exit code"
refuse "and no report" [ -e none ]
tap_end
