# SPDX-License-Identifier: GPL-2.0
# What the tests of vmpressure.ko share. Sourced, after kmod/tests/lab.sh.

scenarios=vmpressure/tests/guest
shared="$shared vmpressure/tests/guest/common.sh"

. vmpressure/tests/swap.sh

# want_vmpressure: the module and the test programs, for the kernel of want_guest.
want_vmpressure()
{
	want_guest
	vmpressure/build "$kernel/headers" "$build/vmpressure/$release" 0.1 \
		>"$tmp/make.log" 2>&1 || bail_out "vmpressure.ko could not be built"
	make -s -C lib/tests FROM="$PWD/vmpressure/tests" \
		BIN="$build/vmpressure-tests/bin" >"$tmp/make.log" 2>&1 ||
		bail_out "the tests of vmpressure could not be built"
	programs=$build/vmpressure-tests/bin
	initrd_options="--module $build/vmpressure/$release/vmpressure.ko"
	want_swap
}
