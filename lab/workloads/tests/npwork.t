#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Tests npwork on the host, whatever that is: run with prove from the top.
# shellcheck disable=SC2016 # the expressions in single quotes are Perl

npwork=${NPWORK:-build/npwork}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$dir/out" "$dir/err" >&2
	fi
}

skip() # NAME REASON
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# Leaves the output in $dir/out and $dir/err, and the exit code in $rc.
run()
{
	"$npwork" "$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}

# Fails unless the output is one line of JSON of which EXPRESSION holds.
json() # EXPRESSION
{
	perl -MJSON::PP -e '
		my @lines = <STDIN>;
		my $r = @lines == 1 && decode_json($lines[0]);
		my $sum = 0;
		$sum += $_ for @{ $r->{per_task} };
		exit !($r && $sum == $r->{work} && $r->{fairness} > 0 &&
			$r->{fairness} <= 1 && $r->{worst_share} >= 0 &&
			$r->{worst_share} <= 1 && eval $ARGV[0]);
	' "$1" <"$dir/out" 2>>"$dir/err"
}

# Exit code 2, nothing on stdout, and a message that fits PATTERN.
refuses() # PATTERN ARGS...
{
	pattern=$1
	shift
	run "$@"
	[ "$rc" -eq 2 ] && [ ! -s "$dir/out" ] && grep -q -e "$pattern" "$dir/err"
	ok $? "refuses: $*"
}

does() # EXPRESSION ARGS...
{
	expression=$1
	shift
	run "$@" --json
	[ "$rc" -eq 0 ] && [ ! -s "$dir/err" ] && json "$expression"
	ok $? "does: $*"
}

# A machine with the nodes named, each with all CPUs of this one.
fake_nodes() # LIST ID...
{
	rm -rf "$dir/nodes"
	mkdir "$dir/nodes"
	echo "$1" >"$dir/nodes/has_memory"
	shift
	for id; do
		mkdir "$dir/nodes/node$id"
		sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status \
			>"$dir/nodes/node$id/cpulist"
	done
	NPWORK_NODE_DIR=$dir/nodes
	export NPWORK_NODE_DIR
}

real_nodes()
{
	unset NPWORK_NODE_DIR
}

children_of() # PID
{
	cat "/proc/$1/task/$1/children" 2>/dev/null
}

# What became an orphan may be somebody else's to bury: a zombie is gone.
gone() # PID...
{
	tries=10
	while [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		left=
		for pid; do
			grep -qs '^State:[[:space:]]*[^ZX[:space:]]' \
				"/proc/$pid/status" && left=$pid
		done
		[ -z "$left" ] && return 0
		sleep 0.2
	done
	return 1
}

# --- what it says about itself
run --list
[ "$rc" -eq 0 ] && [ "$(awk '{ print $1 }' "$dir/out" | tr '\n' ' ')" = \
	"numa01 numa01_thread numa02 numa02_smt forkstorm idle phases pingpong warehouse mixed pairs " ]
ok $? "--list names every workload"
run --help
[ "$rc" -eq 0 ] && grep -q -e --phase-seconds "$dir/out"
ok $? "--help"

# --- wrong usage
refuses 'which workload'
refuses "unknown workload 'numa03'" numa03
refuses 'one workload at a time' numa01 numa02
refuses 'unrecognized option' numa02 --frobnicate
refuses 'requires an argument' numa02 --mb
for option in --processes --threads --mb --loops --stride; do
	for value in 0 -1 1.5 x '' 99999999999999999999; do
		refuses "$option must be" numa02 $option "$value"
	done
done
for value in 0 -1 nan inf 1s '' 1e9; do
	refuses '--seconds must be' numa02 --seconds "$value"
done
refuses '--phase-seconds must be' phases --phase-seconds 0
refuses '--pass-ms must be' pingpong --pass-ms -5
refuses "--place does not know 'left'" numa02 --place left
refuses "--init does not know 'last'" numa02 --init last
refuses 'exclude each other' numa02 --seconds 1 --loops 1
refuses 'takes no --phase-seconds' numa02 --phase-seconds 1
refuses 'takes no --pass-ms' phases --pass-ms 1
refuses 'takes no --init' forkstorm --init main
refuses 'one thread per process' forkstorm --threads 2
refuses 'one thread per process' idle --threads 2
refuses 'at least 2 threads' phases --threads 1
refuses 'contradict' numa01 --init node0 --place hand
refuses 'more than 4096 tasks' numa01 --processes 4096 --threads 2 --mb 1
refuses 'MiB of this machine' numa02 --mb 17179869184
refuses 'too little' numa02 --mb 1 --threads 4096
refuses 'at least 2 processes' mixed --processes 1
refuses 'even number' pairs --processes 3
refuses 'at least 2 processes' warehouse --processes 1
refuses '4 processes of 1024 threads.*\|4 processes of 1025' mixed --threads 1025 --mb 99
refuses 'multiple of 8' numa02 --stride 100
refuses 'at most' numa02 --mb 1 --threads 2 --stride 1048576
fake_nodes 0 0
refuses 'needs 2 nodes with memory; there is 1' numa02 --place inverse
refuses 'needs 2 nodes with CPUs and memory; there are 1' pingpong
fake_nodes 0
refuses 'needs a node with CPUs' numa02 --place hand
real_nodes

# --- each workload for a second, its result complete
# Where memory would have to be bound, an --init that does not need it is used.
for workload in numa01 numa01_thread; do
	does '$r->{workload} =~ /^numa01/ && $r->{unit} eq "MiB" && $r->{work} > 0
	      && @{ $r->{per_task} } == 6 && $r->{seconds} >= 1' \
		$workload --processes 2 --threads 3 --mb 4 --init main --seconds 1
done
for workload in numa02 numa02_smt; do
	does '$r->{work} > 0 && @{ $r->{per_task} } == 3 && $r->{mb} == 4' \
		$workload --threads 3 --mb 4 --seconds 1
done
does '$r->{work} > 0 && @{ $r->{per_task} } == 2 && $r->{unit} eq "children"' \
	forkstorm --processes 2 --mb 1 --seconds 1
does '$r->{work} >= 1 && @{ $r->{per_task} } == 2 && $r->{unit} eq "wakeups"' \
	idle --processes 2 --mb 1 --seconds 1.5
does '$r->{work} > 0 && @{ $r->{per_task} } == 3' \
	phases --threads 3 --mb 4 --seconds 1.5 --phase-seconds 1
fake_nodes 0-1 0 1
does '$r->{work} > 0 && @{ $r->{per_task} } == 2' \
	pingpong --threads 2 --mb 4 --seconds 1 --pass-ms 50
real_nodes

# --- defaults follow the machine
cpus=$(nproc)
half=$((cpus > 1 ? cpus / 2 : 1))
does '$r->{processes} == 2 && $r->{threads} == '$half' && $r->{mb} == 96' \
	numa01 --loops 1 --init main
does '$r->{processes} == 1 && $r->{threads} == '"$cpus"' && $r->{mb} == 256
      && $r->{stride} == 256 && $r->{place} eq "none" && $r->{init} eq "main"' \
	numa02 --loops 1
does '$r->{processes} == '"$cpus"' && $r->{threads} == 1' forkstorm --loops 1
if command -v taskset >/dev/null && taskset -c 0 true 2>/dev/null; then
	taskset -c 0 "$npwork" phases --loops 1 --json >"$dir/out" 2>"$dir/err"
	json '$r->{threads} == 2'
	ok $? "phases has two threads on one CPU"
else
	skip "phases has two threads on one CPU" "no taskset"
fi

# --- a number of loops is an amount of work, to the byte
does '$r->{work} == 2 * 3 * 5 * 4' \
	numa01 --processes 2 --threads 3 --mb 4 --loops 5 --init main
does '$r->{work} == 2 * 5 * 4' \
	numa01_thread --processes 2 --threads 3 --mb 4 --loops 5 --init main
does '$r->{work} == 7 * 4 && "@{ $r->{per_task} }" eq "7 7 7 7"' \
	numa02 --threads 4 --mb 4 --loops 7
does '$r->{work} == 3 * 5' numa02 --threads 7 --mb 5 --stride 24 --loops 3
does '$r->{work} == 3 * 5' \
	numa02 --threads 3 --mb 5 --stride 65536 --init thread --loops 3
does '$r->{work} == 2 * 4' numa02_smt --threads 2 --mb 4 --loops 2
does '"@{ $r->{per_task} }" eq "3 3"' \
	forkstorm --processes 2 --mb 1 --loops 3
does '"@{ $r->{per_task} }" eq "1 1"' idle --processes 2 --mb 1 --loops 1
does '$r->{work} == 2 * (4 * 4 + 8) && "@{ $r->{per_task} }" eq "8 8 8 8 4 4 4 4"' \
	mixed --threads 2 --mb 4 --loops 2
does '"@{ $r->{per_task} }" eq "2 2 2 2 2 2"' \
	warehouse --processes 3 --threads 2 --mb 8 --loops 2
does '"@{ $r->{per_task} }" eq "12 12 12 12"' \
	pairs --processes 4 --mb 4 --loops 3
does '$r->{work} == 6 * 4' phases --threads 4 --mb 4 --loops 6
fake_nodes 0-1 0 1
does '$r->{work} == 9 * 4' pingpong --mb 4 --loops 9 --pass-ms 1
real_nodes

# --- placement on one node needs no permission and is node 0
fake_nodes 0 0
for workload in numa01 numa01_thread numa02 numa02_smt idle phases; do
	does '$r->{place} eq "hand" && $r->{work} > 0' \
		$workload --place hand --mb 4 --loops 1
done
does '$r->{place} eq "hand"' forkstorm --place hand --mb 1 --loops 1
does '$r->{init} eq "node0"' numa01 --mb 4 --loops 1

# --- a node that cannot be had: refused by the kernel, or binding forbidden
fake_nodes 1000 1000
does '$r->{place} eq "hand"' numa02 --place hand --mb 4 --loops 1
fake_nodes 1000,1001 1000 1001
for workload in numa01 numa02 phases pingpong forkstorm; do
	run $workload --place hand --mb 4 --seconds 60
	[ "$rc" -eq 1 ] && [ ! -s "$dir/out" ] &&
		grep -q 'cannot bind memory to node 100' "$dir/err"
	ok $? "$workload --place hand fails where memory cannot be bound"
done
run numa01 --mb 4 --seconds 60
[ "$rc" -eq 1 ] && grep -q 'cannot bind memory to node 1000' "$dir/err"
ok $? "numa01 fails where its memory cannot start on one node"
fake_nodes 'rubbish' 0
run numa02 --loops 1
[ "$rc" -eq 1 ] && grep -q 'is not a list' "$dir/err"
ok $? "a node list that is none is an error"
NPWORK_NODE_DIR=$dir/nowhere
does '$r->{place} eq "hand"' numa02 --place hand --mb 4 --loops 1
real_nodes

# --- the end that comes early
for signal in INT TERM; do
	"$npwork" numa02 --threads 2 --mb 4 --seconds 60 --json \
		>"$dir/out" 2>"$dir/err" &
	pid=$!
	sleep 1
	kill -$signal $pid
	wait $pid && json '$r->{work} > 0 && $r->{seconds} < 30'
	ok $? "SIG$signal ends it with the result so far"
done
for workload in numa02 forkstorm idle; do
	"$npwork" $workload --processes 2 --mb 4 --seconds 60 \
		>"$dir/out" 2>"$dir/err" &
	pid=$!
	sleep 1
	family=$(children_of $pid)
	if [ -z "$family" ]; then
		kill $pid
		skip "the processes of $workload die with the first" \
			"no /proc/PID/task/TID/children"
		continue
	fi
	kill -KILL $pid
	wait $pid 2>/dev/null
	# shellcheck disable=SC2086 # a list of numbers
	gone $family
	ok $? "the processes of $workload die with the first"
done
"$npwork" numa01 --mb 4 --init main --seconds 60 >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 1
family=$(children_of $pid)
if [ -n "$family" ]; then
	kill -KILL "${family%% *}"
	wait $pid
	[ $? -eq 1 ] && grep -q 'killed by signal 9' "$dir/err" &&
		[ ! -s "$dir/out" ]
	ok $? "a process that is killed fails the run"
else
	kill $pid
	skip "a process that is killed fails the run" "no list of children"
fi
if [ -w /dev/full ]; then
	"$npwork" --list >/dev/full 2>"$dir/err"
	[ $? -eq 1 ] && grep -q 'cannot write' "$dir/err"
	ok $? "a result that cannot be written is a failure"
else
	skip "a result that cannot be written is a failure" "no /dev/full"
fi

echo "1..$n"
