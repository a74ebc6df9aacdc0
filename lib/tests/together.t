#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A group stays together under load that separates others: what the witness saw.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. lab/tests/shares.sh
scenarios=lib/tests/guest
boot_options=--witness
want_guest
make -s -C lib/tests || bail_out "the library's tests could not be built"
[ -x "$build/numaplace" ] || make -s "$build/numaplace"
programs=$build/lib-tests/bin
initrd_options="--exec $build/numaplace"

guest together 2x4 120
seen=$tmp/together/witness.jsonl
# together STOCK GROUP WHO: the numbers of the runs
together()
{
	stock=$(field "$seen" "$1" local) group=$(field "$seen" "$2" local)
	diag "stock: $((stock / 10000)) % local, a group: $((group / 10000)) %"
	above "$group" 950000 "$3 are at least 95 % local"
}

{
	together 1 2 "a producer and a consumer"
	together 3 4 "four threads of a group"
} >"$tmp/judged"
sed 's/^\(not \)\{0,1\}ok [0-9]* -/\1ok -/' "$tmp/judged" | tee -a "$tmp/tap"
finish
