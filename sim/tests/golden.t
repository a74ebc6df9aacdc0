#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Compilers agree: golden runs give the same bytes without optimisation, with
# all of it, and from clang.

set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
number=0

flags="-std=gnu11 -D_GNU_SOURCE -Iinclude -Isim/env -Isim
	-ffp-contract=off -w"
sources=$(ls sim/*.c sim/mem/*.c sim/stock/*.c sim/sched/*.c sim/workloads/*.c policy/*.c)

# check NAME COMPILER FLAGS..
check()
{
	name=$1
	shift
	number=$((number + 1))
	if ! command -v "$1" >/dev/null; then
		echo "ok $number - $name # SKIP no $1"
	elif "$@" $flags -o "$tmp/golden" sim/tests/golden.c $sources -lm &&
	     "$tmp/golden" | sed 's/^/# /' >"$tmp/out" &&
	     ! grep -q '^# not ok' "$tmp/out" && grep -q '^# ok' "$tmp/out"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		grep -v '^# ok' "$tmp/out"
	fi
}

echo 1..3
check "gcc without optimisation" gcc -O0
check "gcc with optimisation" gcc -O2
check "clang" clang -O2
