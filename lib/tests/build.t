#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The library as others build against it: C and C++, shared and static, with
# pkg-config, from where `make install' puts it; a page and an example per call.

cd "$(dirname "$0")/../.." || exit 1
. lab/guest/tap.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM

make -s install-lib PREFIX="$tmp/usr" >"$tmp/make.log" 2>&1 || {
	diag "$(tail -n 20 "$tmp/make.log")"
	echo "Bail out! make install-lib failed"
	exit 1
}
PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig
LD_LIBRARY_PATH=$tmp/usr/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
flags=$(pkg-config --cflags --libs libnumaplace)
like "$flags" '-lnumaplace' "pkg-config knows it"

calls=$(nm -D --defined-only "$tmp/usr/lib/libnumaplace.so" |
	sed -n 's/.* T \([a-z_]*\)@@NUMAPLACE_.*/\1/p' | sort)
declared=$(sed -n 's/^int \([nv][a-z_]*\)(.*/\1/p' lib/numaplace.h | sort)
is "$calls" "$declared" "what is declared is exported, with a version, and no more"
like "$calls" numa_tbind "..and that is something"
is "$(readelf -d "$tmp/usr/lib/libnumaplace.so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')" \
	libnumaplace.so.0 "its soname"

for call in $calls; do
	check "a manual page for $call" test -s "$tmp/usr/share/man/man3/$call.3"
	check "an example for $call" grep -qw "$call" lib/examples/*.c
done
for page in lib/man/*.3; do
	is "$(mandoc -T lint -W warning "$page" | head -n 3)" "" \
		"$(basename "$page") is well formed"
done

for source in lib/examples/*.c; do
	name=$(basename "$source" .c)
	# shellcheck disable=SC2086
	check "$name.c compiles" cc -Wall -Wextra -Werror -o "$tmp/$name" \
		"$source" $flags -lnuma -pthread
	# shellcheck disable=SC2086
	check "$name.c links statically" cc -o "$tmp/$name-static" "$source" \
		$(pkg-config --cflags libnumaplace) \
		"$tmp/usr/lib/libnumaplace.a" -lnuma -pthread
	[ -e /dev/numaplace ] && continue
	is "$("$tmp/$name" 2>&1 | grep -c 'No such device')" 1 \
		"$name says that the module is missing"
done
cat >"$tmp/c.cc" <<C
#include <numaplace.h>
int main() { return numa_tbind(0, MS_ID_GET, 0) < 0 ? 0 : 1; }
C
# shellcheck disable=SC2086
check "C++ may include it" c++ -Wall -Wextra -Werror -o "$tmp/c" "$tmp/c.cc" $flags
check "..and call it" "$tmp/c"
tap_end
