# SPDX-License-Identifier: GPL-2.0
# numaplace pressure, in a cgroup that fills.

grep -q " /sys/fs/cgroup " /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/small
echo 16M >/sys/fs/cgroup/small/memory.max

refuse "watch without the module fails" numaplace pressure watch
like "$(numaplace pressure status 2>&1)" "vmpressure.ko is not loaded" "..and says why"
check "vmpressure.ko loads" insmod /modules/vmpressure.ko
like "$(numaplace pressure watch --node 7 2>&1)" "no node 7" "a node that is not there"
like "$(numaplace pressure watch --cgroup nowhere 2>&1)" "not a cgroup" \
	"a cgroup that is not there"

in_small()
{
	sh -c 'echo $$ >/sys/fs/cgroup/small/cgroup.procs; exec press 64'
}

numaplace pressure watch --cgroup small --seconds $((6 * NP_SCALE)) --json \
	--exec 'echo "$NUMAPLACE_SCOPE: $NUMAPLACE_PRESSURE" >>/tmp/executed' \
	>/tmp/watched 2>/tmp/errors &
watcher=$!
sleep 1
in_small
wait $watcher
is $? 0 "watch ends by itself"
is "$(cat /tmp/errors)" "" "..without complaint"
is "$(sed 's/.*"scope": *"\([^"]*\)", *"pressure": *"\([^"]*\)".*/\1 \2/' /tmp/watched | head -n 1)" \
	"cgroup small low" "it has told"
like "$(tail -n 1 /tmp/watched)" '"none"' "..and that it is over"
is "$(cat /tmp/executed)" "$(printf 'cgroup small: low\ncgroup small: none')" \
	"the command ran each time"

numaplace pressure watch --cgroup small >/tmp/watched &
watcher=$!
sleep 1
in_small
sleep 1
kill -INT $watcher
wait $watcher
is $? 0 "Ctrl-C ends it"
like "$(cat /tmp/watched)" "^[0-9:.]*  cgroup small  low" "in words"
numaplace pressure watch --node 1 --seconds $((4 * NP_SCALE)) &
sleep $NP_SCALE
numaplace pressure status >/tmp/status
like "$(cat /tmp/status)" "machine *none" "status: the machine"
like "$(cat /tmp/status)" "node 1 *none .* 1$" "..a node, and who else watches"
like "$(numaplace pressure status --json)" '"node 0"' "..in JSON"
wait
check "it unloads" wait_for 5 rmmod vmpressure
