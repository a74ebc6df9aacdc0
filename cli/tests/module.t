#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every command against the module, in a guest (guest/module.sh).

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${NP_BUILD:-$top/build}
kernel=${KERNEL_DIR:-$build/kernels/cloud-6.12}
module=$build/kmod/$(cat "$kernel/release" 2>/dev/null)/numaplace.ko
np=${NUMAPLACE:-$build/numaplace}

for needed in "$kernel/vmlinuz" "$module" "$np" "$build/npwork"; do
	[ -r "$needed" ] || { echo "1..0 # SKIP no $needed"; exit 0; }
done
# The test policies, in the kernel and in user space, if they can be built.
extra=
policies=$build/kmod-tests/$(cat "$kernel/release")/policies/np_test_policies.ko
(cd "$top" && . kmod/tests/lab.sh && want_guest) >/dev/null 2>&1
[ ! -r "$policies" ] || [ ! -x "$build/tests/numaplace" ] ||
	extra="--module $policies --exec $build/tests/numaplace:/bin/numaplace-test"

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cc -static -o "$tmp/as" "$top/cli/tests/guest/as.c" || {
	echo "Bail out! cannot build a helper"
	exit 1
}
"$top/lab/mkinitrd" --out "$tmp/initrd" --add "$tmp/as:/bin/" --exec "$build/npwork" \
	--exec "$np:/bin/numaplace" --module "$module" $extra \
	--scenario "$top/cli/tests/guest/module.sh" &&
	"$top/lab/boot" --kernel "$kernel" --topology 2x1 \
		--initrd "$tmp/initrd" --out "$tmp/out" --timeout 300
"$top/lab/verdict" --output "$tmp/out"
