#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command line on any machine: help, wrong usage, exit codes, and what is
# said when something is missing. No guest is started.
# shellcheck source=lab/guest/tap.sh

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/lab/guest/tap.sh"
np=${NUMAPLACE:-$top/build/numaplace}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
commands="compare sweep report run attach detach group pressure status policies trace record replay explain"

# try ARGUMENT..: leaves the exit code in $rc, what was said in $said.
try()
{
	said=$("$np" "$@" 2>&1)
	rc=$?
}

# usage DESCRIPTION REGEX ARGUMENT..: exit code 2 and a message.
usage()
{
	text=$1 regex=$2
	shift 2
	try "$@"
	is $rc 2 "$text: exit code 2"
	like "$said" "$regex" "$text: says so"
}

# ------------------------------------------------------------------- help

try --version
like "$said" '^numaplace [0-9]+\.[0-9]+' "--version names the version"
try --help
is $rc 0 "--help succeeds"
for c in $commands; do
	like "$said" "^  $c " "--help lists $c"
done
for c in $commands; do
	try "$c" --help
	is $rc 0 "$c --help succeeds"
	like "$said" "^Usage: numaplace $c" "$c --help shows its usage"
done

# Help, man page and completion know the same options.
man=$top/cli/man/numaplace.1
missing=
options=0
for c in $commands; do
	for o in $("$np" "$c" --help | grep -oE '^ .{5}--[a-z]+' |
		grep -oE '[a-z]+$'); do
		case $o in help|usage|version) continue;; esac
		options=$((options + 1))
		grep -q "Fl -$o" "$man" || missing="$missing $c:$o"
	done
done
is "$missing" "" "the man page knows every option"
check "there were options to look at" test "$options" -gt 20
is "$(sed -n 's/^\.Ss numaplace //p' "$man" | tr '\n' ' ')" "$commands " \
	"the man page knows every command"
for c in $commands; do
	grep -q "[\" 	]$c" "$top/cli/completion/numaplace" || missing="$missing $c"
done
is "$missing" "" "the completion knows every command"
check "the completion is bash" bash -n "$top/cli/completion/numaplace"

# ------------------------------------------------------------- wrong usage

usage "no command" 'Usage: numaplace'
usage "an unknown command" "unknown command 'dance'" dance
usage "an unknown option" 'unrecognized option' status --loud
usage "run without a command" 'no command to run' run
usage "a malformed policy" "'x' is not key=value" run --policy moron:x -- true
usage "a policy that is no name" 'is not NAME' run --policy 'a b' -- true
usage "an overlong policy name" 'at most 15' run --policy abcdefghijklmnop -- true
usage "attach without a process" 'name either' attach
usage "attach to a word" "'self' is not a process id" attach self
usage "attach to process 0" "'0' is not a process id" attach 0
usage "a process and a cgroup" 'name either' attach --cgroup x 1
usage "detach of two kinds" 'name either' detach --all 1
usage "status of a word" "'1x' is not a process id" status 1x
usage "two processes" 'one process at a time' status 1 2
usage "an unknown reason" "no reason 'mood'" trace --reason mood
usage "negative seconds" 'not a number of seconds' trace --seconds -1
usage "two policies" 'one policy at a time' policies a b
usage "record of nothing" 'no command to run' record
usage "record of two kinds" 'either a command or a process' record --pid 1 true
usage "record of a word" "'self' is not a process id" record --pid self
usage "record of a process by another policy" 'keeps its policy' \
	record --pid 1 --policy none
usage "record of a command for some seconds" 'recorded to its end' \
	record --seconds 1 -- true
usage "record of no seconds" 'not a number of seconds' \
	record --pid 1 --seconds 0
usage "room for an odd number of records" 'not a power of two' \
	record --records 1000 -- true
usage "room for too many records" 'not a power of two' \
	record --records 2097152 -- true
usage "record by a malformed policy" "'x' is not key=value" \
	record --policy moron:x -- true
usage "replay of nothing" 'which trace' replay
usage "replay of two traces" 'one trace at a time' replay a b
usage "replay by no policy" 'no policy of that name' replay --policy x a
usage "replay by a wrong parameter" 'out of range' \
	replay --policy none:scan_size=0 a

compare="compare --on vm --topology 2x1 --workload numa02 --policies off"
usage "compare without a place" 'where' compare --topology 2x2
usage "compare on the host" '--on host is not available in this version' \
	compare --on host
usage "compare on the moon" '--on is vm, host or sim' compare --on moon
sim="compare --on sim --topology 2x2 --workload numa02 --policies off --seconds 1"
# shellcheck disable=SC2086 # $sim is a list of words
{
usage "simulated costs of the moon" '--costs is server or emulated' $sim --costs moon
usage "a host that never gets on" 'slower=K,wait=W, 0.1 to 100' $sim --costs emulated:slower=1000
usage "a preemption model of the moon" '--preempt is none' $sim --preempt moon
usage "CPUs that are not there" 'up to 3' $sim --isolated 2-4
usage "CPUs of the moon" 'CPUs are given as' $sim --isolated moon
usage "no CPU left" 'not isolated' $sim --isolated 0-3
usage "no seed" 'whole number' $sim --seed 0
usage "a simulated kernel of one's own" 'are for --on vm' $sim --kernel here
usage "a simulated policy of the moon" 'moon' $sim --policies moon
usage "a simulated workload of the moon" 'moon' $sim --workload moon
}
usage "a seed for a real machine" 'are for --on sim' \
	compare --on vm --topology 2x2 --workload numa02 --policies off --seed 2
usage "compare without policies" 'which policies' \
	compare --on vm --topology 2x2 --workload numa02
# shellcheck disable=SC2086 # $compare is a list of words
{
usage "an impossible topology" '2x0' $compare --topology 2x0
usage "more nodes than the lab boots" 'at most 64 nodes and 256 CPUs, not 65' \
	$compare --topology 65x1
usage "more CPUs than the lab boots" 'at most 64 nodes.*not 2 and 258' \
	$compare --topology 2x129
usage "a shape that the lab does not know" 'mesh:2x1: .*takes NxC or a file' \
	$compare --topology mesh:2x1
usage "a malformed policy list" 'empty policy' $compare --policies off,,hand
usage "pressure of what" 'Usage:' pressure
usage "an unknown verb" "pressure cannot 'flee'" pressure flee
usage "two verbs" 'too many' pressure watch status
usage "status of one node" 'status takes' pressure status --node 1
usage "a node and a cgroup" 'either a node or' pressure watch -n 1 -g x
usage "a level that is none" 'low, medium or oom' pressure watch --level high
usage "a long interval" 'up to 3600' pressure watch --interval 4000
try pressure watch
is $rc 1 "pressure without the module: exit code 1"
like "$said" 'vmpressure.ko is not loaded' "..says what to do"
usage "a policy twice" "'off' is listed twice" $compare --policies off,off
usage "zero seconds" 'whole number from 1' $compare --seconds 0
usage "huge pages as a mood" '--thp is always or never' $compare --thp maybe
usage "a word too much" "'hello' is too much" $compare hello
}

# ------------------------------------------------------- something missing

if [ -e /dev/numaplace ]; then
	for c in run status trace record; do
		skip "$c without the module" "the module is loaded here"
	done
else
	for c in "run true" status trace "attach 1" "detach 1" \
		"record -o $tmp/t true" "record -o $tmp/t --pid 1"; do
		# shellcheck disable=SC2086
		try $c
		is $rc 1 "$c without the module: exit code 1"
		like "$said" 'not loaded.*modprobe numaplace' \
			"$c without the module: says what to do"
	done
fi

# What can be chosen is known without the module, too.
if [ ! -e /dev/numaplace ]; then
	try policies
	is $rc 0 "policies without the module"
	like "$said" "not loaded.*this program's own" "which is said"
	like "$said" 'autonuma' "and lists this program's"
	try policies moron
	like "$said" 'scan_period=1000ms' "one of them"
	try policies nonsense
	is $rc 2 "one that there is not"
fi

# Traces need no module.
echo 'no trace, but a text of some length' >"$tmp/text"
for file in no-such-file "$tmp/text" "$tmp"; do
	try replay "$file"
	is $rc 1 "replay of $(basename "$file"): exit code 1"
done
try replay no-such-file
like "$said" 'no-such-file: No such file' "replay of no file: says so"
try replay "$tmp/text"
like "$said" 'at byte 0: not a trace of numaplace' "replay of a text: says so"
try record -o "$tmp/no/t" -- true
is $rc 1 "record into no directory: exit code 1"
like "$said" 'No such file' "record into no directory: says so"
check "record has left nothing" test ! -e "$tmp/t"
for trace in none moron; do
	try replay "$top/sim/fuzz/corpus/trace/$trace"
	is $rc 0 "replay of an invented history: exit code 0"
	like "$said" 'reproduced: 0 differences' "replay of an invented history"
done
try replay --json "$top/sim/fuzz/corpus/trace/moron"
like "$said" '"reproduced": true' "replay --json"
try replay --policy none "$top/sim/fuzz/corpus/trace/moron"
is $rc 0 "replay --policy: exit code 0"
like "$said" 'local share of the samples' "replay --policy: compares"
try replay --json --policy none "$top/sim/fuzz/corpus/trace/moron"
like "$said" '"pages_migrated": 0' "replay --policy --json: none moves nothing"
try replay "$top/sim/fuzz/corpus/trace/chaos"
is $rc 1 "replay of a policy that is not here: exit code 1"
like "$said" "policy 'chaos': no policy of that name" "and says which"
said=$("$np" replay - <"$top/sim/fuzz/corpus/trace/moron" 2>&1)
is $? 0 "replay of standard input"
rm "$tmp/text"

# Everything that is missing is told at once, before anything is done.
mkdir "$tmp/bin" "$tmp/empty" "$tmp/lab"
touch "$tmp/lab/boot"
said=$(cd "$tmp" && PATH=$tmp/bin NP_BUILD=$tmp/empty "$np" compare --on vm \
	--topology 2x1 --workload numa02 --policies off --lab "$tmp/lab" \
	--html out.html --json no/where.json 2>&1)
is $? 1 "with everything missing: exit code 1"
for what in 'witness\.so is missing; run make' 'npwork is missing; run make' \
	'which kernel.*lab/kernels/fetch' \
	'qemu-system-x86_64 is missing.*apt-get install qemu-system-x86$' \
	'busybox is missing.*busybox-static' 'gnuplot is missing.*gnuplot-nox' \
	'no/where.json: No such file'; do
	like "$said" "$what" "with everything missing: $what"
done
is "$(ls "$tmp")" "bin
empty
lab" "with everything missing: nothing was written"

# shellcheck disable=SC2086
try $compare --lab "$tmp/empty"
is $rc 1 "without a lab: exit code 1"
like "$said" "there is no lab in $tmp/empty" "without a lab: says so"

# -------------------------------------------------- topologies, both readers

# reader FILE: what the command line thinks of it; it comes before all else.
reader()
{
	try compare --on vm --topology "$1" --workload w --policies off \
		--lab "$tmp/empty"
	[ $rc = 1 ]
}

# both FILE: do the lab and the command line agree?
both()
{
	"$top/lab/topology" --check "$1" 2>/dev/null
	lab=$?
	reader "$1"
	[ $? -eq "$((lab != 0))" ]
}

for file in "$top"/lab/topologies/*.topo; do
	check "$(basename "$file") is read" reader "$file"
done
i=0
while IFS= read -r line; do
	i=$((i + 1))
	printf '%b' "$line" >"$tmp/$i.topo"
	check "both readers agree on '$line'" both "$tmp/$i.topo"
done <<'END'
node 0 cpus 1 memory 1M\ndistance 0 10\n
node 0 cpus 1 memory 1M\ndistance 0 10
 node  0 cpus\t1 memory 1M # x\n#\n\ndistance 0 10#\n
node 0 cpus 1 memory 1M\n
node 0 cpus 0 memory 1M\ndistance 0 10\n
node 0 cpus 1 memory 0M\ndistance 0 10\n
node 0 cpus 0 memory 0M\ndistance 0 10\n
node 0 cpus 1 memory 1M\r\ndistance 0 10\n
node 0 cpus 1 memory 1G\ndistance 0 10\n
node 0 cpus 1 memory 01M\ndistance 0 10\n
node 0 cpus +1 memory 1M\ndistance 0 10\n
node 0 cpus 1 memory 1M\ndistance 0 11\n
node 0 cpus 1 memory 1M\ndistance 0 10 21\n
node 0 cpus 1 memory 1M\ndistance 0 10\ndistance 0 10\n
node 0 cpus 1 memory 1M\ndistance 0 10\nnode 1 cpus 1 memory 1M\n
node 1 cpus 1 memory 1M\ndistance 1 10\n
node 0 cpus 257 memory 1M\ndistance 0 10\n
node 0 cpus 1 memory 99999999M\ndistance 0 10\n
machine\n
END
for nxc in 1x1 2x2 64x4 8x1; do
	check "$nxc is a machine" both "$nxc"
done
for nxc in 0x1 65x1 2x0 2x 2X2 64x5 2x2x2; do
	check "$nxc is not a machine" both "$nxc"
done

# A node without memory is well formed, but nothing to boot, unless --memory
# gives it some.
cat >"$tmp/0M.topo" <<'END'
node 0 cpus 1 memory 1M
node 1 cpus 1 memory 0M
distance 0 10 21
distance 1 21 10
END
check "a node without memory is well formed" \
	"$top/lab/topology" --check "$tmp/0M.topo"
# shellcheck disable=SC2086
usage "a node without memory in the lab" 'node 1 has no memory' \
	$compare --topology "$tmp/0M.topo"
# shellcheck disable=SC2086
try $compare --topology "$tmp/0M.topo" --memory 64 --lab "$tmp/empty"
is $rc 1 "with --memory it has some"

tap_end
