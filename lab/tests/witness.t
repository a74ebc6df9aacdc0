#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The witness tells the truth about locality, or nothing.

cd "$(dirname "$0")/../.." || exit 1
. lab/tests/lab.sh
. lab/tests/shares.sh
plan 20
want_guest

# both_extremes NAME TOPOLOGY: 5 tests.
both_extremes()
{
	guest "$1" "$2" --witness
	out=$tmp/$1/witness.jsonl
	like "$(cat "$out")" '^\{"calibrated":' "$2: the witness calibrates itself"
	above "$(field "$out" 1 local)" 999000 "$2: bound work reads > 99.9 % local"
	far=$(field "$out" 2 local)
	[ "$far" -ge 0 ] && [ "$far" -lt 1000 ] &&
		ok "$2: work bound elsewhere reads < 0.1 % local" ||
		{ not_ok "$2: work bound elsewhere reads < 0.1 % local"
		  diag "got $far ppm"; }
	above "$(field "$out" 2 user)" 10000000 "$2: user instructions are counted"
	is "$(lab/verdict "$tmp/$1")" clean "$2: the guest is clean"
}

script='witness-mark start 1
toucher local 2
witness-mark stop 1
witness-mark start 2
toucher inverse 2
witness-mark stop 2'
toucher=$build/lab/guest/toucher

echo "$script" | scenario two --exec "$toucher"
both_extremes two 2x2
two=$tmp/two/witness.jsonl
kernel_insns=$(field "$two" 1 kernel) user_insns=$(field "$two" 1 user)
above "$kernel_insns" 100000 "kernel instructions are counted"
above "$user_insns" "$kernel_insns" "bound work spends most of them in user programs"
above "$(grep -c '"run":1,' "$two")" 1 "there is a line for every second"
is "$(awk -F'"user":' '/"run":1,/ { v = $2 + 0; if (v < last) print "back"; last = v }' \
	"$two")" "" "and its figures never go back"
is "$(field "$two" 1 unknown)" 0 "every page's node was known"

# Unequal nodes, and one pair of nodes with different distances.
echo "$script" | scenario mesh --exec "$toucher"
both_extremes mesh lab/topologies/mesh4.topo

# A witness that was told nonsense must not say anything about locality.
echo 'witness-mark start 1; sleep 2; witness-mark stop 1' | scenario wrong
guest wrong 2x1 --witness --witness-memory 512:512
wrong=$(cat "$tmp/wrong/witness.jsonl")
like "$wrong" '^\{"error":"calibration failed: ' "wrong node sizes: it refuses"
like "$wrong" '^\{"error":"run 1 not recorded: ' "and says so for the run"
unlike "$wrong" '"access"' "and reports no locality"

# Right sizes in the wrong order differ only in where the pages are.
echo 'witness-mark start 1' | scenario swapped
guest swapped lab/topologies/mesh4.topo --witness \
	--witness-memory 512:1024:768:512
unlike "$(cat "$tmp/swapped/witness.jsonl")" '"access"|"calibrated"' \
	"node sizes in the wrong order: no locality either"

echo 'witness-mark start 1; sleep 2; witness-mark stop 1' | scenario forgotten
guest forgotten 2x1 --witness --append np.witness=
like "$(cat "$tmp/forgotten/witness.jsonl")" 'run 1 not recorded: not calibrated' \
	"without calibration: no run is recorded"
tap_end
