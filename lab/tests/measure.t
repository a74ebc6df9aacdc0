#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A measured run in the guest says what was done, and the witness agrees.

cd "$(dirname "$0")/../.." || exit 1
. lab/tests/lab.sh
[ -x "$build/npwork" ] || skip_all "no $build/npwork; run make"
want_guest

scenario runs --exec "$build/npwork" <<'GUEST'
measure 1 numa02 hand hand never 3 --mb=32
measure 2 numa02 inverse off madvise 3 --mb=32
measure 3 numa02 none stock never 6 --mb=32
measure 4 numa02 none stock sometimes 1
echo "status $?"
measure 5 nosuchwork none off never 1
echo "status $?"
GUEST
guest runs 2x2 --witness
results=$(cat "$tmp/runs/results")
is "$(lab/verdict "$tmp/runs")" clean "the guest is clean"

# run N REGEX DESCRIPTION: the line of run N.
run()
{
	like "$(printf '%s\n' "$results" | grep "^run {\"run\":$1,")" "$2" "$3"
}

member='"[a-z_]+":-?[0-9]+'
run 1 '"status":0,"work":\{.*"work":[1-9]' "run 1 says how much was done"
run 1 "\"vmstat\":\{$member(,$member){5}\},\"numaplace\":null\}\$" \
	"and what the kernel counted"
run 2 '"policy":"off".*"numa_pte_updates":0,' "off: the kernel samples nothing"
run 3 '"policy":"stock".*"numa_pte_updates":[1-9]' "stock: it does"
like "$results" "^status 1\$" "a setting that the kernel refuses is an error"
run 5 '"status":[1-9].*"work":null' "so is a workload that fails"

share()
{
	awk -v run="$1" 'index($0, "\"run\":" run ",") && /"final":true/ {
		split($0, part, /[][,]+/)
		near = part[4] + part[7]
		printf "%.0f\n", near * 100 / (near + part[5] + part[6])
	}' "$tmp/runs/witness.jsonl"
}

is "$(share 1)" 100 "the witness saw the work placed by hand all local"
is "$(share 2)" 0 "and the work placed inversely all remote"
tap_end
