#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module on Debian's kernels: the generic 6.12 works as the cloud one does, and
# those that cannot work are refused by name before anything is built.

cd "$(dirname "$0")/.." || exit 1
build=${NP_BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

ok()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$tmp/out"
	fi
}

says()
{
	grep -q "$1" "$tmp/out"
}

fetch()
{
	lab/kernels/fetch "$@" >"$tmp/dir" 2>"$tmp/out"
	ok $? "a kernel is there for fetch $*"
	dir=$(cat "$tmp/dir")
}

module()
{
	kmod/build "$dir/headers" "$1" >"$tmp/out" 2>&1
}

works()
{
	module "$build/kmod/$(cat "$dir/release")"
	ok $? "the module builds for it"
	"$build/numaplace" compare --on vm --topology 2x1 --kernel "$dir" -q \
		--workload numa02:mb=64 --policies moron --seconds 6 \
		--json "$tmp/works.json" >"$tmp/out" 2>&1
	ok $? "it places a program there"
	jq -e '.runs[0].pages_migrated > 0' "$tmp/works.json" >"$tmp/out" 2>&1
	ok $? "by moving its pages"
	KERNEL_DIR=$dir vmpressure/tests/calls.t >"$tmp/out" 2>&1
	ok $? "vmpressure.ko works there"
}

fetch --flavour generic 6.12
works
fetch 6.1
works

mkdir "$tmp/tree"
cp -r kmod policy include "$tmp/tree"
rm "$tmp/tree/kmod/compat/linux_6_1.h"
"$tmp/tree/kmod/build" "$dir/headers" "$tmp/6.1" >"$tmp/out" 2>&1
[ $? -ne 0 ] && says 'does not support Linux 6.1'
ok $? "a release without a file in kmod/compat is refused by name"

fetch --flavour rt 6.12
module "$tmp/rt"
[ $? -ne 0 ] && says 'no hinting faults (CONFIG_NUMA_BALANCING is off'
ok $? "a realtime kernel is refused with the reason"

echo "1..$n"
