# SPDX-License-Identifier: GPL-2.0
# What a guest needs for swap on a compressed RAM device. Sourced, with the kernel in
# $kernel.

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

# Adds them to $initrd_options.
want_swap()
{
	for name in $swap_modules; do
		kernel_module "$name"
	done
}
