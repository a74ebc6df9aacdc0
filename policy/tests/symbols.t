#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What policy/ asks of its home, by the linker's account: nothing but a few
# functions on bytes.  So it allocates nothing (no allocation can fail there),
# reads no clock and no dice, takes no lock and does no I/O.
#
# Compiled as the kernel would: optimised, no sanitizers, not for a library.

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT INT TERM

allowed='memset memcpy memcmp strlen strcmp'
# Called by no source here: gcc makes it of the loop in np_unregister(), and
# expects it of every home, as it does the first three.
allowed="$allowed memmove"
state='nr_policies policies'	# the registry is all that may be remembered
flags='-std=gnu11 -O2 -Wall -Wextra -Werror -fno-pie -fno-stack-protector
       -U_FORTIFY_SOURCE -DNP_POLICY_ROOM'
count=0

# result <status> <claim>
result()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
	fi
}

# compile <source> <object>
compile()
{
	${CC:-gcc} $flags -I"$root/include" -I"$root/sim/env" -I"$root/policy" \
		-c "$1" -o "$2"
}

compile_all()
{
	for source in "$root"/policy/*.c; do
		compile "$source" "$dir/core-$(basename "$source" .c).o" || return 1
	done
	for source in "$root"/policy/tests/policies/*.c; do
		compile "$source" "$dir/test-$(basename "$source" .c).o" || return 1
	done
}

# undefined <object>...: what they want from elsewhere, one per line
undefined()
{
	nm --undefined-only "$@" | awk 'NF == 2 { print $2 }' | sort -u >"$dir/wants"
	nm --defined-only --extern-only "$dir"/core-*.o |
		awk 'NF == 3 { print $3 }' | sort -u >"$dir/has"
	comm -23 "$dir/wants" "$dir/has"
}

# remembered <object>...: variables that can change, one per line
remembered()
{
	nm --defined-only "$@" |
		awk 'NF == 3 && $2 ~ /^[bBdDsSgGC]$/ { print $3 }' | sort -u
}

# only <list> <file>: is every line of the file in the list?
only()
{
	status=0
	while read -r word; do
		case " $1 " in
		*" $word "*)
			;;
		*)
			echo "# not allowed: $word"
			status=1
			;;
		esac
	done <"$2"
	return $status
}

# refuses <line of C>: does the environment header reject it?
refuses()
{
	printf '#include <numaplace/policy.h>\n%s\n' "$1" >"$dir/refused.c"
	! compile "$dir/refused.c" "$dir/refused.o" 2>/dev/null
}

echo 1..8

compile_all
result $? "policy/ and the test policies compile without a warning"

undefined "$dir"/core-*.o >"$dir/list"
only "$allowed" "$dir/list"
result $? "policy/ calls nothing but: $allowed"

undefined "$dir"/test-*.o >"$dir/list"
only "$allowed" "$dir/list"
result $? "neither do policies written to the contract"

remembered "$dir"/core-*.o >"$dir/list"
only "$state" "$dir/list"
result $? "policy/ remembers nothing but: $state"

remembered "$dir"/test-*.o >"$dir/list"
only '' "$dir/list"
result $? "neither do policies written to the contract"

# A test that cannot fail claims nothing: plant what it must find.
cat >"$dir/planted.c" <<'END'
extern void *malloc(unsigned long size);
static int calls;
void *planted(void);
void *planted(void) { return malloc(++calls); }
END
${CC:-gcc} -O2 -fno-pie -fno-builtin -c "$dir/planted.c" -o "$dir/planted.o"
undefined "$dir/planted.o" >"$dir/list"
! only "$allowed" "$dir/list" >/dev/null
result $? "an allocation would be seen"

remembered "$dir/planted.o" >"$dir/list"
! only "$state" "$dir/list" >/dev/null
result $? "a variable that changes would be seen"

refuses 'double d;' && refuses 'void *p(void) { return malloc(1); }' &&
	refuses 'int r(void) { return rand(); }' && ! refuses 'int fine;'
result $? "the forbidden words do not compile"
