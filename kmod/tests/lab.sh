# SPDX-License-Identifier: GPL-2.0
# What the module's lab tests share on the host. Sourced from the top of the
# checkout. From the environment:
#	KERNEL_DIR	the kernel to test on (default: the stock cloud kernel)
#	NP_LONG=1	the long versions
#	NP_SEED=N	repeat a fuzzing run
# $scenarios is where those of a test are, $shared what they share, $programs more
# programs for its guests,
# $boot_options more options for lab/boot, $initrd_options for lab/mkinitrd.

. lab/guest/tap.sh

build=${NP_BUILD:-$PWD/build}
tests=$build/kmod-tests
scenarios=kmod/tests/guest
shared=kmod/tests/guest/common.sh
programs=
boot_options=
initrd_options=
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bail_out()
{
	diag "$(tail -n 40 "$tmp/make.log")"
	echo "Bail out! $*"
	exit 1
}

# staged NAME SOURCE..: copies of what belongs together, as $tests/RELEASE/NAME;
# only what differs is copied, so that make rebuilds only what it must.
staged()
{
	stage=$tests/$release/$1
	shift
	mkdir -p "$stage"
	rsync -a --checksum "$@" "$stage"
}

module()
{
	make -s -C "$kernel/headers" M="$stage" \
		KBUILD_EXTRA_SYMBOLS="$built/Module.symvers" modules
}

# The same bytes, but for what it expects of the kernel: as if it had been
# written for another one. variant NAME FROM TO (of the same length)
variant()
{
	sed "s/$2/$3/" "$built/numaplace.ko" >"$tests/$release/$1.ko" &&
		! cmp -s "$built/numaplace.ko" "$tests/$release/$1.ko"
}

build_all()
{
	make -s -C lab && make -s -C kmod/tests || return
	version=$(sed -n 's/^VERSION := //p' Makefile)
	kmod/build "$kernel/headers" "$built" "$version" || return
	staged policies kmod/tests/policies/ policy/tests/policies/ \
		include kmod/env kmod/export.h && module || return
	staged conflict kmod/tests/conflict/ && module || return
	variant wrong_type 'void (_Bool)' 'void (_Cool)' || return
	variant no_symbol 'set_numabalancing_state' 'set_numabalancing_statx'
}

# want_guest: a kernel in $kernel and everything built for it, or no tests.
want_guest()
{
	command -v qemu-system-x86_64 >/dev/null || skip_all "no QEMU"
	kernel=${KERNEL_DIR:-$build/kernels/cloud-6.12}
	[ -n "${KERNEL_DIR-}" ] || [ -e "$kernel/release" ] ||
		lab/kernels/fetch >"$tmp/make.log" 2>&1 ||
		skip_all "no kernel: $(tail -n 1 "$tmp/make.log")"
	[ -e "$kernel/release" ] || {
		echo "Bail out! there is no kernel in $kernel"
		exit 1
	}
	kernel=$(cd "$kernel" && pwd)
	release=$(cat "$kernel/release")
	built=$build/kmod/$release
	mkdir -p "$tests"
	(flock 9 && build_all) 9>"$tests/.lock" >"$tmp/make.log" 2>&1 ||
		bail_out "the tests could not be built"
	scale=1
	! grep -q '^CONFIG_KASAN=y' "$kernel/config" || scale=8
}

# The scenario: settings, the guest's library, and NAME.sh.
scenario()
{
	{
		echo "export NP_SCALE=$scale NP_LONG=${NP_LONG-} NP_SEED=${NP_SEED-}"
		cat $shared "$scenarios/$1.sh"
		echo end_of_scenario
	} >"$tmp/$1.sh"
	set -- "$@" --module "$built/numaplace.ko"
	for ko in policies/np_test_policies conflict/np_test_conflict \
		  wrong_type no_symbol; do
		set -- "$@" --module "$tests/$release/$ko.ko"
	done
	for program in "$tests"/bin/* ${programs:+"$programs"/*}; do
		set -- "$@" --add "$program:/bin/"
	done
	[ ! -x "$build/npwork" ] || set -- "$@" --add "$build/npwork:/bin/"
	name=$1
	shift
	lab/mkinitrd $initrd_options --out "$tmp/$name.rd" --scenario "$tmp/$name.sh" "$@"
}

# Results of several programs as one row: without their numbers and plans.
row()
{
	awk '
	/^verdict: / || /^exit: / { next }
	/^(not )?ok/ {
		sub(/ok [0-9]+/, "ok")
		if (!/^(not )?ok - /)
			sub(/ok */, "ok - ")
		print
		next
	}
	/^1\.\.[0-9]+$/ { next }
	/^# the scenario is over$/ { over = 1; next }
	{ print /^#/ ? $0 : "# " $0 }
	END { print (over ? "ok" : "not ok") " - the scenario ran to its end" }
	' "$1/results"
}

judge()
{
	if lab/verdict "$1" >"$tmp/verdict" 2>&1 ||
	   [ "$(head -n 1 "$tmp/verdict")" = clean ]; then
		echo "ok - the kernel log of guest $(basename "$1") is clean"
	else
		echo "not ok - the kernel log of guest $(basename "$1") is clean"
		sed 's/^/# /' "$tmp/verdict"
	fi
}

# guest NAME TOPOLOGY SECONDS [KERNEL-ARGUMENT..]: boots the scenario and shows
# its results; SECONDS is meant for a stock kernel.
guest()
{
	name=$1 topology=$2 seconds=$(($3 * scale))
	shift 3
	scenario "$name" || { echo "Bail out! no initrd for $name"; exit 1; }
	lab/boot --kernel "$kernel" --topology "$topology" \
		--initrd "$tmp/$name.rd" --out "$tmp/$name" \
		--timeout "$seconds" $boot_options --append "slab_nomerge $*"
	touch "$tmp/$name/results" "$tmp/$name/console.log"
	{
		row "$tmp/$name"
		judge "$tmp/$name"
	} | tee -a "$tmp/tap"
	[ -z "${NP_KEEP-}" ] || cp -r "$tmp/$name" "$NP_KEEP"
}

# The plan of all guests together.
finish()
{
	echo "1..$(grep -cE '^(not )?ok' "$tmp/tap")"
	! grep -q '^not ok' "$tmp/tap"
}
