# SPDX-License-Identifier: GPL-2.0
# In the guest: every command against the module itself.
. /lib/np/tap.sh

# try COMMAND..: leaves the exit code in $rc, what was said in $said.
try()
{
	said=$("$@" 2>&1)
	rc=$?
}

# gives CODE REGEX DESCRIPTION COMMAND..
gives()
{
	code=$1 regex=$2 text=$3
	shift 3
	try "$@"
	is $rc "$code" "$text: exit code $code"
	like "$said" "$regex" "$text: $regex"
}

insmod /modules/numaplace.ko || { echo "Bail out! $(dmesg | tail -n 1)"; exit 1; }
echo 0 >/proc/sys/kernel/numa_balancing

# --------------------------------------------------------------- policies

gives 0 '^moron .*[0-9]' "policies" numaplace policies
gives 0 'scan_delay=1000ms' "policies moron" numaplace policies moron
gives 0 '"key": "scan_budget"' "policies --json" numaplace policies --json moron
gives 2 "no policy 'x'" "policies x" numaplace policies x
try sh -c 'numaplace policies >/dev/full'
is $rc 1 "a full disk behind stdout: exit code 1"
like "$said" 'No space left' "a full disk behind stdout: says so"

# -------------------------------------------------------------------- run

gives 0 "Placement of 'true' under 'moron'" "run" numaplace run true
gives 7 'nothing was scanned' "run, exit 7" numaplace run -- sh -c 'exit 7'
gives 137 'seconds elapsed' "run, killed" numaplace run -- sh -c 'kill -9 $$'
gives 127 'No such file' "run, no command" numaplace run -- no-such-command
gives 126 'Permission denied' "run, a directory" numaplace run -- /proc
gives 2 'no policy of that name' "run, no policy" numaplace run -p x -- true
gives 2 'no parameter of that name' "run, no parameter" \
	numaplace run -p moron:x=1 -- true
gives 2 'wrong unit' "run, a wrong unit" \
	numaplace run -p moron:scan_size=1ms -- true
gives 2 'out of range' "run, out of range" \
	numaplace run -p moron:scan_size=0 -- true
gives 0 "under 'none'" "run in run" \
	numaplace run -- numaplace run -p none -- true
gives 1 'No space left' "run, a full disk" \
	numaplace run --json /dev/full -- true

numaplace run -p moron:scan_delay=0 --json /tmp/run.json -- \
	npwork numa02 --mb 16 --seconds 6 >/tmp/out 2>&1
is $? 0 "a workload ends well"
like "$(cat /tmp/out)" 'hint_faults_local +# [0-9.]+ %' "local share"
like "$(cat /tmp/out)" 'remote-reference +# ' "reasons"
like "$(cat /tmp/out)" 'scan_time +# longest call' "time stolen"
like "$(cat /tmp/run.json)" '"pages_migrated": [1-9]' "pages were moved"

numaplace run --shadow -p moron:scan_delay=0 --json /tmp/run.json -- \
	npwork numa02 --mb 16 --seconds 4 >/tmp/out 2>&1
like "$(cat /tmp/out)" 'nothing was moved' "shadow mode is told"
like "$(cat /tmp/run.json)" '"pages_migrated": 0' "and moves nothing"
like "$(cat /tmp/run.json)" '"pages_shadowed": [1-9]' "but counts"

numaplace run -- sh -c 'trap "exit 5" TERM; sleep 30 & wait' >/tmp/out 2>&1 &
sleep 2
kill -TERM $!
wait $!
is $? 5 "a signal reaches the command"
like "$(cat /tmp/out)" 'seconds elapsed' "and the summary is still printed"

# ---------------------------------------------------------- record, replay

# Small pages: many decisions.
thp=/sys/kernel/mm/transparent_hugepage/enabled
thp_before=$(sed 's/.*\[\(.*\)\].*/\1/' $thp)
echo never >$thp
fast=scan_delay=0,scan_period=100,scan_period_max=100
work="npwork numa02 --mb 16 --seconds 5"

# replayed FILE DESCRIPTION: every decision is the same in user space.
replayed()
{
	gives 0 'reproduced: 0 differences' "$2: replay" numaplace replay "$1"
	try numaplace replay --json "$1"
	like "$said" '"reproduced": true' "$2: replay --json"
	case $2 in
	schednuma*)	return;;	# memory may be where it is to be
	esac
	like "$said" '"decisions": [1-9]' "$2: there were decisions"
}

# What these look at besides the sample is in the trace, too.
for p in mainline autonuma autonuma:migrate=async schednuma numacore adaptive \
	 balancenuma:version=4; do
	case $p in
	*:*)	p=$p,$fast;;
	*)	p=$p:$fast;;
	esac
	gives 0 'records of [1-9][0-9]* process' "record $p" \
		numaplace record -o /tmp/t -p $p -- \
		npwork numa01 --mb 16 --seconds 2
	replayed /tmp/t "$p"
done
for p in stock none:$fast moron:$fast; do
	# shellcheck disable=SC2086
	gives 0 'records of [1-9][0-9]* process' "record $p" \
		numaplace record -o /tmp/t -p $p -- $work
	replayed /tmp/t "$p"
done
gives 0 'would have been others' "replay --policy" \
	numaplace replay --policy none /tmp/t
like "$said" 'local share' "replay --policy: scores"
gives 0 '"instead":' "replay --policy --json" \
	numaplace replay --policy none --json /tmp/t
gives 0 ' 0 decisions .* would have been others' "replay --policy, the same" \
	numaplace replay --policy moron:$fast /tmp/t
gives 1 'leaves all to the kernel' "replay --policy stock" \
	numaplace replay --policy stock /tmp/t
gives 2 'no policy of that name' "replay --policy x" \
	numaplace replay --policy x /tmp/t

# shellcheck disable=SC2086
numaplace record -o /tmp/t -s -p moron:$fast -- $work 2>/dev/null
replayed /tmp/t "record --shadow"
gives 0 '^   shadow ' "what shadow mode would have done" \
	numaplace replay --policy moron:$fast /tmp/t

# shellcheck disable=SC2086
numaplace record -o /tmp/t -p moron:$fast -- \
	sh -c "$work & $work & numaplace run -p none:$fast -- $work; wait" \
	>/tmp/out 2>&1
is $? 0 "record of a family"
like "$(cat /tmp/out)" 'records of [1-9][0-9]* processes' "record of a family: all"
replayed /tmp/t "record of a family"
try numaplace replay --json /tmp/t
like "$said" '"processes": ([6-9]|[1-9][0-9])' "with all descendants"

# NUMA groups are formed by what several processes do.
gives 0 'records of [1-9][0-9]* processes' "record of processes that share memory" \
	numaplace record -o /tmp/t -p mainline:swap=no,$fast -- \
	npwork pairs --mb 4 --seconds 3
replayed /tmp/t "record of processes that share memory"

gives 7 'records of 1 process ' "record, exit 7" \
	numaplace record -o /tmp/t -- sh -c 'exit 7'
gives 0 'reproduced' "replay of nearly nothing" numaplace replay /tmp/t
rm /tmp/t
gives 127 'No such file' "record, no command" \
	numaplace record -o /tmp/t -- no-such-command
gives 2 'no policy of that name' "record, no policy" \
	numaplace record -o /tmp/t -p x -- true
gives 1 'No space left' "record, a full device" \
	numaplace record -o /dev/full -- true
mkdir -p /tmp/small
mount -t tmpfs -o size=8k tmpfs /tmp/small
# shellcheck disable=SC2086
gives 1 'No space left' "record, a full disk" \
	numaplace record -o /tmp/small/t -p moron:$fast -- $work
is "$(ls /tmp/small)" "" "record, a full disk: no half file"
umount /tmp/small

# shellcheck disable=SC2086
numaplace record -o /tmp/t --records 1024 -p moron:$fast -- $work \
	>/tmp/out 2>&1 &
record=$!
sleep 1
kill -STOP $record
sleep 3
kill -CONT $record
wait $record
is $? 1 "record, records lost"
like "$(cat /tmp/out)" 'were lost .* --records 2048' "record, lost: what to do"
check "record, lost: no file" test ! -e /tmp/t

numaplace run -p moron:$fast -- sh -c "$work --seconds 60 & $work --seconds 60 & wait" \
	>/dev/null 2>&1 &
run=$!
sleep 2
pid=$(numaplace status | awk '$2 == "sh" { print $1 }')
gives 0 'records of 5 processes' "record --pid --seconds" \
	numaplace record -o /tmp/t --pid "$pid" --seconds 3
replayed /tmp/t "record --pid"
rm /tmp/t
numaplace record -o /tmp/t --pid "$pid" >/tmp/out 2>&1 &
record=$!
sleep 3
kill -INT $record
wait $record
is $? 0 "record ends by an interrupt"
like "$(cat /tmp/out)" 'records of 5 processes' "record until an interrupt: all"
replayed /tmp/t "record until an interrupt"
rm /tmp/t
numaplace record -o /tmp/t --pid "$pid" >/tmp/out 2>&1 &
record=$!
sleep 3
kill $run
wait $record
is $? 0 "record ends with its process"
like "$(cat /tmp/out)" 'records of 5 processes' "record until the end: all"
killall npwork
wait $run
replayed /tmp/t "record until the end"
gives 1 'not managed' "record of an unmanaged one" \
	numaplace record -o /tmp/t --pid 1
gives 1 'no such process' "record of none" \
	numaplace record -o /tmp/t --pid 999999

# chaos answers by all it was ever told: here and there, the same.
# shellcheck disable=SC2086
if [ -e /modules/np_test_policies.ko ] && [ -e /bin/numaplace-test ]; then
	insmod /modules/np_test_policies.ko
	many="npwork numa01_thread --mb 16 --seconds 5 &"
	many="$many npwork forkstorm --seconds 3 & $work; wait"
	for p in chaos:$fast chaos:salt=9,scan_delay=0,scan_period=10; do
		gives 0 'records of [1-9][0-9]* processes' "record $p" \
			numaplace record -o /tmp/t -p $p -- sh -c "$many"
		gives 0 'reproduced: 0 differences' "replay of $p" \
			numaplace-test replay /tmp/t
		diag "$said"
	done
	numaplace run -p chaos:$fast -- sh -c "$work --seconds 60 & wait" \
		>/dev/null 2>&1 &
	run=$!
	sleep 2
	pid=$(numaplace status | awk '$2 == "npwork" { pid = $1 } END { print pid }')
	numaplace record -o /tmp/t --pid "$pid" --seconds 5 >/tmp/out 2>&1 &
	record=$!
	sleep 2
	numaplace attach --replace -p moron:$fast "$pid" >/dev/null
	sleep 1
	numaplace attach --replace --shadow -p chaos:salt=3,$fast "$pid" \
		>/dev/null
	wait $record
	is $? 0 "record of a policy that is changed meanwhile"
	gives 0 'reproduced: 0 differences' "replay of all three" \
		numaplace-test replay /tmp/t
	diag "$said"
	gives 1 'no policy of that name' "replay of a policy that is not here" \
		numaplace replay /tmp/t
	kill $run
	killall npwork
	wait $run
	sleep 1
	check "the test policies can go" rmmod np_test_policies
else
	skip "chaos in the kernel and in user space" "no test policies"
fi

numaplace record -o /tmp/t -- true 2>/dev/null
size=$(wc -c </tmp/t)
head -c $((size - 1)) /tmp/t >/tmp/cut
gives 1 'cut: at byte [0-9]+: the file is cut off' "replay, cut off" \
	numaplace replay /tmp/cut
printf 'x' | dd of=/tmp/t bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
gives 1 'the block is damaged' "replay, damaged" numaplace replay /tmp/t
rm -f /tmp/t /tmp/cut
echo "$thp_before" >$thp

# ------------------------------------------------------------------ groups

gives 0 '^no groups' "group list, empty" numaplace group list
gives 0 '^created group [0-9]+, home node 1' "group create" \
	numaplace group create web --node 1
gives 1 "there is a group 'web' already" "group create again" \
	numaplace group create web
gives 1 'letters, digits' "group create, a bad name" numaplace group create 'a b'
gives 1 'that is a number' "group create, a number" numaplace group create 12
gives 1 'node 9 cannot be a home' "group create, no such node" \
	numaplace group create x --node 9
gives 2 'wrong number of arguments' "group create, no name" \
	numaplace group create
gives 0 ' web .* kept' "group list" numaplace group list
gives 0 '"threads": [1-9]' "run --group" \
	numaplace run --group web -- numaplace group list --json
like "$said" "under 'app'" "run --group: the policy"
gives 0 '"name": "job"' "run --group, a new one" \
	numaplace run --group job -p none -- numaplace group list --json
try numaplace group list
like "$said" ' web ' "the kept group stays"
try sh -c 'numaplace group list | grep -c job'
is "$said" 0 "the other has ended with its last thread"
sleep 100 &
gives 0 '^joined: 1 thread' "group join" numaplace group join web $!
gives 0 '"node": 0' "group move" numaplace group move --json web 0
gives 0 '^left: 1 thread' "group leave" numaplace group leave $!
gives 1 'no such process' "group join, no process" \
	numaplace group join web 4000000
gives 1 "no group 'nosuch'" "group join, no group" \
	numaplace group join nosuch $!
kill $!
gives 1 'is not a node' "group move, no node" numaplace group move web x
gives 0 '^deleted group' "group delete" numaplace group delete web
gives 1 "no group 'web'" "group delete again" numaplace group delete web

# --------------------------------------------- attach, status, trace, detach

numaplace run -p none -- npwork numa02 --mb 16 --seconds 60 >/dev/null 2>&1 &
run=$!
sleep 3
pid=$(numaplace status | tail -n 1 | sed 's/^ *//; s/ .*//')
gives 0 'set to 0 and runs with 1' "status" numaplace status
gives 0 'observing' "status of one" numaplace status "$pid"
gives 0 '"effective": "observing"' "status --json" numaplace status --json
gives 0 'that only root sees' "status for someone else" \
	as 1000 numaplace status
gives 1 'managed already; --replace' "attach twice" numaplace attach "$pid"
gives 0 'attached 1 process$' "attach --replace" \
	numaplace attach --replace -p moron:scan_delay=0,scan_period=100,scan_period_max=100 \
	"$pid"
gives 2 'out of range' "attach --replace, a bad value" \
	numaplace attach --replace -p moron:scan_size=0 "$pid"

numaplace trace --seconds 4 "$pid" >/tmp/trace
is $? 0 "trace ends after its time"
like "$(cat /tmp/trace)" "$pid/[0-9]+  page .* node [0-9] -> " "trace, pages"
like "$(cat /tmp/trace)" 'window [0-9]+ pages marked' "trace, windows"
try sh -c "numaplace trace --json --seconds 4 --reason local $pid | head -n 1"
like "$said" '^\{"seq":.*"reason":"local".*\}$' "trace --json --reason"
gives 0 'placing' "now it is placed" numaplace status "$pid"

mkdir -p /sys/fs/cgroup/a/b
numaplace detach --all >/dev/null
echo "$pid" >/sys/fs/cgroup/a/b/cgroup.procs
gives 0 'attached 1 process$' "attach --cgroup" numaplace attach --cgroup a
gives 0 'attached 0 processes; 1 managed already' "once more" \
	numaplace attach --cgroup /sys/fs/cgroup/a
gives 0 'detached 1 process$' "detach --cgroup" numaplace detach --cgroup a/b
gives 1 'not managed' "detach twice" numaplace detach "$pid"
gives 1 'not a cgroup' "no such cgroup" numaplace attach --cgroup c
gives 1 'kernel thread' "a kernel thread" numaplace attach 2
gives 1 'no such process' "no such process" numaplace attach 999999
gives 0 'unmanaged: the stock kernel' "an unmanaged one" numaplace status 1
gives 1 'not managed' "trace of an unmanaged one" numaplace trace 1

numaplace attach "$pid" >/dev/null
numaplace trace "$pid" >/dev/null &
trace=$!
sleep 1
kill $run
wait $trace
is $? 0 "trace ends with its process"
numaplace trace >/dev/null &
trace=$!
sleep 1
kill -INT $trace
wait $trace
is $? 0 "trace ends by an interrupt"
gives 0 'detached 0 processes' "nobody is left" numaplace detach --all
is "$(cat /proc/sys/kernel/numa_balancing)" 0 "the switch is as it was set"
check "the module can go" rmmod numaplace
tap_end
