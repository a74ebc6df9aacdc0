#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# numaplace compare in real guests: a whole comparison, refusals that only the
# guest can tell, and no guest left behind however it is ended.
# shellcheck source=lab/guest/tap.sh

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/lab/guest/tap.sh"
np=${NUMAPLACE:-$top/build/numaplace}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export TMPDIR="$tmp/guests"
mkdir "$TMPDIR"

compare()
{
	"$np" compare --on vm --topology 2x1 --seconds 6 --lab "$top/lab" "$@"
}

# The same in the background: $! is the program itself.
compare_in_background()
{
	"$np" compare --on vm --topology 2x1 --seconds 6 --lab "$top/lab" "$@" &
}

# left_over: processes and files of our guests.
left_over()
{
	sleep 1
	# shellcheck disable=SC2009 # by argument, not by name
	ps -eo args= | grep "[p]ath=$TMPDIR/"
	ls "$TMPDIR"
}

# Looking at nothing but the surroundings: a workload that does not exist.
compare --workload none --policies off,moron >"$tmp/log" 2>&1
[ $? = 2 ] || skip_all "$(tail -n 1 "$tmp/log")"

# ----------------------------------------------------------- a comparison

compare --workload numa02:mb=16 --policies off,moron,hand \
	--json "$tmp/report.json" --html "$tmp/report.html" \
	>"$tmp/table" 2>"$tmp/log"
is $? 0 "a comparison succeeds" || diag "$(cat "$tmp/log")"
like "$(cat "$tmp/log")" '^\[3/3\] numa02:mb=16 under hand: .* local' \
	"it shows progress, a line per run"
is "$(awk 'NR > 1 { print $2 }' "$tmp/table" | tr '\n' ' ')" "off moron hand " \
	"its table has a line per run"
is "$(left_over)" "" "it leaves nothing behind"

# value EXPRESSION: of the report, as Perl sees it in $r.
value()
{
	perl -MJSON::PP -e 'local $/; my $r = decode_json(<STDIN>);
		my $v = eval($ARGV[0]); die $@ if $@;
		print defined $v ? $v : "null"' "$1" <"$tmp/report.json"
}

# shellcheck disable=SC2016 # these are Perl's variables
{
is "$(value 'scalar @{$r->{runs}}')" 3 "the report has three runs"
is "$(value '$r->{runs}[0]{local_final} < 0.9')" 1 "off is not local"
is "$(value '$r->{runs}[2]{local_final} > 0.99')" 1 "hand is local"
is "$(value '$r->{runs}[0]{seconds_to_90pct_of_hand}')" null \
	"off never comes near hand"
is "$(value '$r->{runs}[0]{hint_faults}')" 0 "off has no hinting faults"
is "$(value '$r->{runs}[1]{hint_faults} > 0')" 1 "moron has"
is "$(value '$r->{runs}[1]{numaplace}{counters}{hint_faults} > 0')" 1 \
	"moron's own counters are there"
is "$(value '$r->{runs}[0]{numaplace}')" null "off has none"
is "$(value '$r->{runs}[0]{work_done} > 0')" 1 "work was done"
is "$(value 'scalar @{$r->{runs}[0]{per_task}}')" 2 "by two tasks"
is "$(value 'my $n = 0; $n += $_->{accesses} for @{$r->{runs}[0]{windows}};
	abs($n - $r->{runs}[0]{accesses}) <= @{$r->{runs}[0]{windows}}')" 1 \
	"windows add up to the whole"
}
is "$(grep -c '<svg' "$tmp/report.html")" 1 "the page has a chart"
is "$(grep -cE '(src|href)=' "$tmp/report.html")" 0 \
	"the page refers to nothing outside"

# --------------------------------------------------------------- refusals

compare --workload numa02 --policies none,nonsense --json "$tmp/no.json" \
	>"$tmp/table" 2>"$tmp/log"
is $? 2 "an unknown policy is wrong usage"
like "$(cat "$tmp/log")" "policy 'nonsense': no policy of that name" \
	"and it is named"
check "no report was written" test ! -e "$tmp/no.json" -a ! -s "$tmp/table"
is "$(left_over)" "" "nothing is left behind"

compare --workload numa02:mb=16,stride=9999999999999 --policies off \
	>"$tmp/table" 2>"$tmp/log"
is $? 1 "a workload that fails is a failure"
like "$(cat "$tmp/log")" 'run 1 \(numa02 under off\) failed' "and it is named"

# ------------------------------------------------ the emulator's own failures

# An emulator that the first time leaves what one did that had run outdated code
# in the middle of a run, and then is the real one.
mkdir "$tmp/emulator"
cat >"$tmp/emulator/qemu-system-x86_64" <<QEMU
#!/bin/sh
PATH=$PATH
[ ! -e "$tmp/emulator/failed" ] || exec qemu-system-x86_64 "\$@"
touch "$tmp/emulator/failed"
out=\$(dirname "\$(printf '%s\n' "\$@" | sed -n 's/.*id=results,path=//p')")
echo 'run {"run":1,"status":9}' >"\$out/results"
cat >"\$out/witness.jsonl" <<LINES
{"witness":1,"nodes":1,"cpus":[1],"mib":[64]}
{"run":1,"t":1,"access":[[9]],"unknown":0,"user":9,"kernel":9,"aborted":true}
LINES
cat >"\$out/console.log" <<LOG
[   45.617803] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[   45.618585] Code: 0a 48 89 56 58 48 01 46 60 66 <90> 48 83 c4 08 5d
LOG
sleep 1
QEMU
chmod +x "$tmp/emulator/qemu-system-x86_64"

rm -f "$tmp/report.json"
PATH=$tmp/emulator:$PATH compare --workload numa02:mb=16 --policies off \
	--json "$tmp/report.json" >"$tmp/table" 2>"$tmp/log"
is $? 0 "a guest that the emulator has failed is booted again" ||
	diag "$(cat "$tmp/log")"
like "$(cat "$tmp/log")" 'booting the guest again' "and that is told"
# shellcheck disable=SC2016 # Perl's variable
is "$(value '$r->{runs}[0]{work_done} > 0')" 1 \
	"what counts is what the second one did"

# ----------------------------------------------------- ended before its end

# ended SIGNAL CODE: in the middle of a run.
ended()
{
	compare_in_background --workload numa02:mb=16 --policies off \
		--json "$tmp/no.json" >"$tmp/table" 2>"$tmp/log"
	pid=$!
	i=0
	while ! grep -q '"run"' "$TMPDIR"/*/witness.jsonl 2>/dev/null &&
		[ $((i += 1)) -lt 60 ]; do
		sleep 0.5
	done
	kill "-$1" $pid
	wait $pid
	is $? "$2" "ended by SIG$1: exit code $2"
	check "ended by SIG$1: no report" \
		test ! -e "$tmp/no.json" -a ! -s "$tmp/table"
}

ended INT 130
is "$(left_over)" "" "ended by SIGINT: nothing is left behind"
ended TERM 143
is "$(left_over)" "" "ended by SIGTERM: nothing is left behind"
ended KILL 137
is "$(left_over | grep qemu)" "" "ended by SIGKILL: no guest is left behind"

tap_end
