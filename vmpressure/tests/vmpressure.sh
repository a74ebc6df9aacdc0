# SPDX-License-Identifier: GPL-2.0
# What the tests of vmpressure.ko share. Sourced, after kmod/tests/lab.sh.

scenarios=vmpressure/tests/guest
shared="$shared vmpressure/tests/guest/common.sh"

# What swap on a compressed RAM device takes, in the order of their loading; not
# every kernel has all of them.
swap_modules="zsmalloc lz4_compress lz4hc_compress lzo_compress lzo lzo-rle zram"

# kernel_module NAME: out of the kernel's own, into $tmp/NAME.ko, if it has it
kernel_module()
{
	file=$(find "$kernel/modules/" -name "$1.ko*" 2>/dev/null | head -n 1)
	case $file in
	*.xz)	xz -dc "$file" >"$tmp/$1.ko";;
	*.ko)	cp "$file" "$tmp/$1.ko";;
	esac
	[ -z "$file" ] || initrd_options="$initrd_options --module $tmp/$1.ko"
}

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
	for name in $swap_modules; do
		kernel_module "$name"
	done
}
