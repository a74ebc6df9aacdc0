# SPDX-License-Identifier: GPL-2.0
# Noise on the device, beside a managed process whose memory changes all the time.

calls=${NP_LONG:+1000000}
calls=${calls:-$((NP_SCALE > 1 ? 15000 : 40000))}
seed=${NP_SEED:-$(date +%s)}

seconds()
{
	cut -d. -f1 /proc/uptime
}

nobody_managed()
{
	[ "$(ctl info | grep '^managed')" = managed=0 ]
}

check "the module loads" load
check "and the test policies" insmod /modules/np_test_policies.ko
ctl run audit:scan_delay=0,scan_period=10,scan_period_max=10 \
	churn 100000 1 "$seed" >/tmp/churn &
churn=$!
begin=$(seconds)
part fuzz fuzz "$calls" "$seed"
diag "in $(($(seconds) - begin)) s"
check "the churn still runs" kill $churn
wait $churn 2>/dev/null
check "nobody is managed any more" wait_for 10 nobody_managed
check "the test policies go" wait_for 10 rmmod np_test_policies
is "$(refcount numaplace)" 0 "nobody uses the module"
check "it is unloaded" unload
is "$(nr_hooked)" 0 "nothing is hooked"
is "$(ls /sys/kernel/slab | grep numaplace)" "" "no cache is left"
