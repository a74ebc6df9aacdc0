# SPDX-License-Identifier: GPL-2.0
# What the lab's tests share: TAP, a stock kernel, a place for files. Sourced
# from the top of the checkout.

. lab/guest/tap.sh

build=${NP_BUILD:-$PWD/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# want_guest: leaves a stock kernel's directory in $kernel, or skips all tests.
want_guest()
{
	command -v qemu-system-x86_64 >/dev/null || skip_all "no QEMU"
	make -s -C lab >"$tmp/make.log" 2>&1 || {
		diag "$(cat "$tmp/make.log")"
		echo "Bail out! make -C lab failed"
		exit 1
	}
	kernel=$(lab/kernels/fetch 2>"$tmp/fetch.log") ||
		skip_all "no kernel: $(tail -n 1 "$tmp/fetch.log")"
}

# scenario NAME [MKINITRD-ARGUMENT..]: an initrd in $tmp/NAME.rd that runs the
# script on standard input.
scenario()
{
	cat >"$tmp/$1.sh"
	name=$1
	shift
	lab/mkinitrd --out "$tmp/$name.rd" --scenario "$tmp/$name.sh" "$@"
}

# guest NAME TOPOLOGY [BOOT-ARGUMENT..]: boots $tmp/NAME.rd; the files are then
# in $tmp/NAME.
guest()
{
	name=$1 topology=$2
	shift 2
	lab/boot --kernel "$kernel" --topology "$topology" \
		--initrd "$tmp/$name.rd" --out "$tmp/$name" --timeout 100 "$@"
}
