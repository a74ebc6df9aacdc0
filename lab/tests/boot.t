#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Guests start as described, end when told, and do not hide what went wrong.

cd "$(dirname "$0")/../.." || exit 1
. lab/tests/lab.sh
want_guest

# --- descriptions of machines ------------------------------------------------

for topo in lab/topologies/*.topo; do
	check "$topo is well formed" lab/topology --check "$topo"
done

# bad LINE REASON TEXT: the description is refused, naming the line.
bad()
{
	printf '%s\n' "$3" >"$tmp/bad.topo"
	out=$(lab/topology --check "$tmp/bad.topo" 2>&1)
	is $? 2 "refused: $2"
	case $out in
	"$tmp/bad.topo:$1: "*) ok "and where: line $1";;
	*)	not_ok "and where: line $1"; diag "$out";;
	esac
}

node0='node 0 cpus 1 memory 64M'
node1='node 1 cpus 1 memory 64M'
bad 1 "an unknown statement" "nodes 2"
bad 1 "a node that says nothing of memory" "node 0 cpus 1"
bad 2 "a node with nothing" "$node0
node 1 cpus 0 memory 0M"
bad 1 "another unit" "node 0 cpus 1 memory 1G"
bad 1 "a negative number" "node 0 cpus -1 memory 64M"
bad 3 "a gap between nodes" "$node0
# a comment counts as a line
node 2 cpus 1 memory 64M"
bad 3 "a short row" "$node0
$node1
distance 0 10
distance 1 21 10"
bad 3 "a node far from itself" "$node0
$node1
distance 0 11 21
distance 1 21 10"
bad 4 "a distance out of range" "$node0
$node1
distance 0 10 21
distance 1 255 10"
bad 3 "a missing row" "$node0
$node1
distance 0 10 21"
bad 2 "no CPU anywhere" "node 0 cpus 0 memory 64M
distance 0 10"
bad 2 "no memory anywhere" "node 0 cpus 1 memory 0M
distance 0 10"

printf '%s\n' "$node0" "node 1 cpus 1 memory 0M" "distance 0 10 21" \
	"distance 1 21 10" >"$tmp/0M.topo"
check "a node without memory is well formed" lab/topology --check "$tmp/0M.topo"
out=$(lab/topology --qemu "$tmp/0M.topo" 2>&1)
is $? 2 "but cannot be booted"
like "$out" "0M.topo:2: node 1 has no memory" "which names node and line"
check "unless it is given some" \
	lab/topology --qemu --memory 64 "$tmp/0M.topo"

# --- what is missing is said -------------------------------------------------

boot="lab/boot --topology 2x1 --out $tmp/none --initrd $tmp/none.rd"
like "$($boot --kernel "$tmp" 2>&1)" 'lab/kernels/fetch' \
	"a missing kernel: where one comes from"
mkdir "$tmp/path"
for tool in sh dirname cat sed awk grep; do
	ln -s "$(command -v $tool)" "$tmp/path/$tool"
done
like "$(PATH=$tmp/path $boot --kernel "$kernel" 2>&1)" \
	'apt-get install qemu-system-x86' "a missing QEMU: which package has it"
like "$($boot --kernel "$kernel" 2>&1)" "cannot read initrd" "a missing initrd"
$boot --kernel "$kernel" --frobnicate >/dev/null 2>&1
is $? 2 "an unknown option is a usage error"
for tool in boot mkinitrd topology verdict kernels/fetch kernels/build-debug; do
	like "$("lab/$tool" --help)" '^Usage: lab/' "$tool has --help"
done

# --- the machine, and the judgement ------------------------------------------

scenario mesh <<'GUEST'
cd /sys/devices/system/node
for n in node?; do
	echo "cpus ${n#node} $(cat $n/cpulist)"
	echo "row ${n#node} $(cat $n/distance)"
done
exit 7
GUEST
mesh=lab/topologies/mesh4.topo
guest mesh $mesh
is $? 0 "a guest that switches itself off: status 0"
is "$(sed -n 's/^row/distance/p' "$tmp/mesh/results")" \
	"$(lab/topology --print $mesh | grep distance)" \
	"the guest sees the distances as described"
is "$(sed -n 's/^cpus //p' "$tmp/mesh/results" | tr '\n' ,)" "0 0-1,1 2,2 3-4,3 5," \
	"and the CPUs"
is "$(tail -n 2 "$tmp/mesh/results" | tr '\n' ,)" "verdict: clean,exit: 7," \
	"the scenario's status comes last"
lab/verdict "$tmp/mesh" >"$tmp/verdict"
is $? 1 "a failed scenario in a clean guest: verdict 1"

scenario warn <<'GUEST'
echo "verdict: clean"
echo "<4>WARNING: CPU: 0 PID: 1 at lab/tests/boot.t:1 pretend+0x0/0x0" >/dev/kmsg
sleep 1000
GUEST
guest warn 2x1 --append np.limit=2
lab/verdict "$tmp/warn" >"$tmp/verdict"
is $? 3 "a kernel that warns: verdict 3"
like "$(cat "$tmp/verdict")" 'WARNING: .*boot\.t' "with the warning"
is "$(tail -n 1 "$tmp/warn/results")" "exit: 124" \
	"a scenario that hangs is ended, and judged"

scenario panic <<'GUEST'
echo "# the guest has booted"
echo c >/proc/sysrq-trigger
GUEST
guest panic 2x1
is $? 0 "a guest that panics ends at once"
like "$(lab/verdict "$tmp/panic")" 'Kernel panic' "and is dirty, with its last words"

# --- the emulator's own failures ----------------------------------------------

# An emulator that leaves what one did that had run outdated code, and then works.
mkdir "$tmp/emulator"
cat >"$tmp/emulator/qemu-system-x86_64" <<'QEMU'
#!/bin/sh
out=$(dirname "$(printf '%s\n' "$@" | sed -n 's/.*id=results,path=//p')")
echo again >>"$out/boots"
echo "boot $(wc -l <"$out/boots")" >"$out/results"
[ "$(wc -l <"$out/boots")" -lt "$BOOTS" ] || exit 0
cat >"$out/console.log" <<LOG
[   45.617803] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[   45.618580] RIP: 0010:update_curr_se+0x32/0x90
[   45.618585] Code: 0a 48 89 56 58 48 01 46 60 $CODE 48 83 c4 08 5d c3 cc
[   45.620744] Kernel panic - not syncing: Fatal exception in interrupt
LOG
QEMU
chmod +x "$tmp/emulator/qemu-system-x86_64"
: >"$tmp/code.rd"

# boots NUMBER CODE WHAT: how often a guest is booted that trapped in CODE.
boots()
{
	rm -rf "$tmp/code"
	BOOTS=3 CODE=$2 PATH=$tmp/emulator:$PATH guest code 2x1 2>/dev/null
	is "$(cat "$tmp/code/results")" "boot $1" "$3"
}
boots 3 "66 <90>" "a trap where there is none: the guest is booted again"
boots 3 "cc <1f> 44 00 00" "or where a no-op is being changed"
boots 1 "c3 cc <cc> cc" "but not one in the padding of functions"

# --- no guest stays behind ---------------------------------------------------

scenario idle <<'GUEST'
sleep 1000
GUEST
guest idle 2x1 --timeout 3
is $? 124 "the time limit: status 124"
unlike "$(ps -eo args)" "[q]emu.*$tmp/idle" "and no QEMU is left"

qemu_runs()
{
	ps -eo args | grep -q "^qemu.*$tmp/idle"
}

# wait_until COMMAND..: for up to five seconds.
wait_until()
{
	for i in 1 2 3 4 5 6 7 8 9 10; do
		"$@" && return
		sleep 0.5
	done
	return 1
}

gone()
{
	! qemu_runs
}

# A shell starts what runs in the background with SIGINT ignored; a terminal
# does not.
for signal in INT TERM KILL; do
	env --default-signal=INT lab/boot --kernel "$kernel" --topology 2x1 \
		--initrd "$tmp/idle.rd" --out "$tmp/idle" &
	pid=$!
	check "a guest is started" wait_until qemu_runs
	kill -$signal $pid
	check "SIG$signal to lab/boot leaves no QEMU behind" wait_until gone
	wait $pid 2>/dev/null
done
tap_end
