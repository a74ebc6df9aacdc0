# SPDX-License-Identifier: GPL-2.0
# Loading, refusing to load, the switch, the device, test policies, unloading.
# The machine has a third node with a CPU and without memory.

# refused KO REASON ERROR: it does not load, says what is wrong, leaves nothing.
refused()
{
	mark
	before=$(nr_hooked)
	like "$(insmod "/modules/$1.ko" 2>&1)" "$3" "a module $2: insmod says why"
	refuse "and it is not loaded" grep -q '^numaplace ' /proc/modules
	is "$(nr_hooked)" "$before" "nothing is hooked"
	refuse "there is no device" [ -e /dev/numaplace ]
}

# The guest runs with slab_nomerge, for names of merged caches stay behind.
caches()
{
	ls /sys/kernel/slab | grep numaplace
}

# --- another kernel ------------------------------------------------------------

is "$(nr_hooked)" 0 "no function of the kernel is hooked by anyone"
refused wrong_type "for a kernel with another type" "Operation not supported"
like "$(since_mark)" \
	"numaplace: this kernel's set_numabalancing_state is 'void \(_Bool\)', not 'void \(_Cool\)'" \
	"the log has both types"
refused no_symbol "for a kernel with another function" "Operation not supported"
like "$(since_mark)" "numaplace: this kernel lacks set_numabalancing_statx" \
	"the log names the function"

# --- somebody else is there ------------------------------------------------------

for function in mpol_misplaced task_numa_work sysctl_numa_balancing; do
	check "$function is held by someone" \
		insmod /modules/np_test_conflict.ko function=$function
	refused numaplace "when $function is held" "[Bb]usy"
	like "$(since_mark)" \
		"numaplace: $function is already replaced by someone else" \
		"the log names the function"
	check "who lets go" rmmod np_test_conflict
done
is "$(nr_hooked)" 0 "no function is hooked now"

# --- loading ------------------------------------------------------------------

check "the module loads" load
is "$(stat -c %a /dev/numaplace)" 666 "its device is everyone's"
is "$(cut -d' ' -f1 $hooked | sort | tr '\n' ' ')" \
	"mpol_misplaced sysctl_numa_balancing task_numa_fault task_numa_work " \
	"what is hooked"
refuse "now the other one is kept out" insmod /modules/np_test_conflict.ko
is "$(refcount numaplace)" 0 "nobody uses it"
sleep 1000 <>/dev/numaplace &
check "an open file uses it" wait_for 5 [ "$(refcount numaplace)" = 1 ]
refuse "so it cannot be unloaded" unload
kill $!
wait $! 2>/dev/null
check "without it, it can" unload
i=0
while [ $i -lt 5 ] && load && unload; do
	i=$((i + 1))
done
is $i 5 "load and unload, five times"
is "$(nr_hooked)" 0 "no function is hooked"
is "$(caches)" "" "no cache is left"

# --- kernel.numa_balancing -------------------------------------------------------

kernel_switch()
{
	ctl info | sed -n 's/^balancing_now=//p'
}

switch_is()
{
	[ "$(kernel_switch)" = "$1" ]
}

sleeper()
{
	sleep 1000 >/dev/null &
	sleeper=$!
}

# managed SETTING: somebody is managed under this setting of the operator.
managed()
{
	echo "$1" >$balancing
	sleeper
	is "$(ctl attach $sleeper moron)" "" "managed while the switch is $1"
}

unmanaged()
{
	kill $sleeper
	wait $sleeper 2>/dev/null
}

check "the module loads" load
managed 0
is "$(cat $balancing)" 0 "the operator still sees 0"
is "$(kernel_switch)" 1 "the kernel runs with 1"
unmanaged
check "afterwards it is 0 again" wait_for 10 switch_is 0
is "$(cat $balancing)" 0 "which the operator sees"

managed 0
check "the operator writes 1" sh -c "echo 1 >$balancing"
is "$(cat $balancing)" 1 "and reads 1"
unmanaged
sleep 3
is "$(kernel_switch)" 1 "it stays 1"
managed 1
check "the operator writes 0" sh -c "echo 0 >$balancing"
is "$(cat $balancing)" 0 "and reads 0"
is "$(kernel_switch)" 1 "the kernel runs with 1"
like "$(sh -c "echo 2 >$balancing" 2>&1)" "[Bb]usy" "tiering is refused meanwhile"
like "$(sh -c "echo 3 >$balancing" 2>&1)" "[Bb]usy" "both is, too"
like "$(sh -c "echo 5 >$balancing" 2>&1)" "Invalid" "5 is not a setting"
like "$(sh -c "echo x >$balancing" 2>&1)" "Invalid" "nor is a letter"
is "$(cat $balancing)" 0 "nothing of that is kept"
unmanaged
check "afterwards it is 0" wait_for 10 switch_is 0

echo 2 >$balancing
like "$(ctl attach $$ moron)" "[Bb]usy" "with tiering nobody can be managed"
is "$(cat $balancing)" 2 "tiering stays"
part storm storm refused
is "$(ctl info | grep '^managed')" "managed=0" \
	"nor do children of those who try"

managed 3
check "the operator writes 1" sh -c "echo 1 >$balancing"
is "$(cat $balancing)" 1 "and reads 1"
unmanaged
check "afterwards the kernel runs with 1" wait_for 10 switch_is 1

managed 0
kill $sleeper
check "unloaded just after the last one" wait_for 5 unload
is "$(cat $balancing)" 0 "the switch is as it was"
wait $sleeper 2>/dev/null

# --- the device ------------------------------------------------------------------

echo 0 >$balancing
check "the module loads" load
part ioctl ioctl
part answers answers

# --- policies from another module ------------------------------------------------

refuse "a policy that needs what nobody has is refused" \
	insmod /modules/np_test_policies.ko impossible=1
is "$(ctl info | grep '^policies')" "policies=10" "and forgotten"
check "a module with policies" insmod /modules/np_test_policies.ko
is "$(ctl info | grep '^policies')" "policies=16" "brings six"
refuse "the module it needs stays" unload
sleeper
check "one of them is used" ctl attach $sleeper maximal
refuse "so its module stays" rmmod np_test_policies
check "somebody changes to another" ctl replace $sleeper moron
check "then it can go" wait_for 5 rmmod np_test_policies
is "$(ctl status $sleeper | grep '^spec')" "spec=moron" "the user is still there"
like "$(ctl replace $sleeper maximal)" "No such file.*no policy" \
	"what is gone cannot be chosen"
unmanaged
i=0
while [ $i -lt 5 ] && insmod /modules/np_test_policies.ko &&
      rmmod np_test_policies; do
	i=$((i + 1))
done
is $i 5 "it comes and goes, five times"
check "and once more" insmod /modules/np_test_policies.ko
part policies policies
check "the policies go" wait_for 5 rmmod np_test_policies

# --- the end ------------------------------------------------------------------

is "$(refcount numaplace)" 0 "nobody uses the module"
check "it is unloaded" unload
is "$(nr_hooked)" 0 "no function is hooked"
refuse "there is no device" [ -e /dev/numaplace ]
is "$(caches)" "" "no cache is left"
