#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# numaplace explain of simulations: the story agrees with what compare counts in
# the same simulation, and what makes no sense is refused.
# shellcheck source=lab/guest/tap.sh

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/lab/guest/tap.sh"
np=${NUMAPLACE:-$top/build/numaplace}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
where="--on sim --topology 2x2 --seconds 12"

# try ARGUMENT..: leaves the exit code in $rc, what was said in $said.
try()
{
	said=$("$np" explain "$@" 2>&1)
	rc=$?
}

# usage DESCRIPTION REGEX ARGUMENT..: exit code 2 and a message.
usage()
{
	text=$1 regex=$2
	shift 2
	try "$@"
	is $rc 2 "$text: exit code 2"
	like "$said" "$regex" "$text: says so"
}

# told FILE EXPRESSION: of the lines of a story, as Perl sees them in @l.
told()
{
	perl -MJSON::PP -e 'my @l = map { decode_json($_) } <STDIN>;
		my ($s) = grep { $_->{what} eq "summary" } @l;
		my @f = grep { $_->{what} eq "fault" } @l;
		my @r = grep { $_->{what} eq "repeated" } @l;
		my $v = eval($ARGV[0]); die $@ if $@;
		print defined $v ? $v : "null"' "$2" <"$1"
}

# compared EXPRESSION: of the report of compare, as Perl sees its run in $r.
compared()
{
	perl -MJSON::PP -e 'local $/; my $r = decode_json(<STDIN>)->{runs}[0];
		my $v = eval($ARGV[0]); die $@ if $@;
		print defined $v ? $v : "null"' "$1" <"$tmp/report.json"
}

# ------------------------------------------------- the story and the counters

# shellcheck disable=SC2016,SC2086 # Perl's variables; $where is a list of words
for w in numa02:mb=64 pingpong:mb=8; do
	for p in moron none stock; do
		"$np" compare $where --workload $w --policies $p --quiet \
			--json "$tmp/report.json" >/dev/null
		"$np" explain $where --workload $w --policy $p --all --json \
			>"$tmp/story"
		is $? 0 "$w under $p is explained"
		is "$(told "$tmp/story" '$s->{run}{pages_migrated}')" \
			"$(compared '$r->{pages_migrated}')" \
			"$w under $p: as many moves"
		is "$(told "$tmp/story" '$s->{run}{ping_pongs}')" \
			"$(compared '$r->{sim}{ping_pongs}')" \
			"$w under $p: as many of them back"
		is "$(told "$tmp/story" '$s->{run}{hint_faults}')" \
			"$(compared '$r->{hint_faults}')" \
			"$w under $p: as many faults"
		is "$(told "$tmp/story" 'scalar @f')" \
			"$(told "$tmp/story" '$s->{all}{faults}')" \
			"$w under $p: each fault of the page is told"
		is "$(told "$tmp/story" 'scalar grep { ($_->{outcome} // {})->{type} eq "moved" } @f')" \
			"$(told "$tmp/story" '$s->{all}{moves}')" \
			"$w under $p: each move of the page is told"
	done
done

# shellcheck disable=SC2016,SC2086
{
"$np" explain $where --workload pingpong:mb=8 --policy moron --json >"$tmp/story"
is "$(told "$tmp/story" 'my $n = @f; $n += $_->{times} for @r; $n')" \
	"$(told "$tmp/story" '$s->{all}{faults}')" \
	"what is not told is counted"
is "$(told "$tmp/story" '$l[0]{what} . " " . $l[0]{chosen_here}')" "subject 1" \
	"who is chosen comes first"
is "$(told "$tmp/story" '$s->{all}{back} > 0 && $s->{all}{moves} ==
	$l[0]{pages}[0]{moves}')" 1 "the page that moved most is chosen"

"$np" explain $where --workload pingpong:mb=8 --policy moron >"$tmp/text"
is $? 0 "the story for people"
said=$(cat "$tmp/text")
like "$said" 'the page that moved most often' "it says who was chosen"
like "$said" 'moron wants it on node [01]: referenced from a CPU' \
	"it has what was wanted, and why"
like "$said" 'It is on node [01] .* later' "it has what came of it"
like "$said" 'two-stage filter would hold it back' "it has what the filter sees"
like "$said" 'process so far: .* faults, .* local' "it has numbers"
like "$said" '\.\.\. [0-9]+ more fault.* like th' "it leaves out what is alike"
like "$said" 'records are what the policy does here' "all was made again"

"$np" explain $where --workload pingpong:mb=8 --policy stock --thread 2 \
	>"$tmp/text"
is $? 0 "the story of a thread"
said=$(cat "$tmp/text")
like "$said" 'pass [0-9]+ ends.*Since the one before' "it has the passes"
like "$said" "thread's faults: node [01]" "it has statistics of the thread"
like "$said" "process' faults: node [01]" "it has statistics of the process"

is "$("$np" explain $where --workload pingpong:mb=8 --policy moron)" \
	"$("$np" explain $where --workload pingpong:mb=8 --policy moron)" \
	"the same story twice"
try $where --workload pingpong:mb=8 --policy moron --limit 2
like "$said" '\.\.\. [0-9]+ more steps' "--limit says how much is left out"
}

# -------------------------------------------------------------------- refusals

sim="$where --workload pingpong:mb=8 --policy moron"
# shellcheck disable=SC2086
{
try $sim --page 0x1000
is $rc 1 "no such page: exit code 1"
like "$said" 'no sample of a page at 0x1000; there are 0x' \
	"no such page: says which there are"
try $sim --thread 4711
is $rc 1 "no such thread: exit code 1"
like "$said" 'no sample of a thread 4711; there are 2 of process 1' \
	"no such thread: says which there are"
try $sim --pid 4711
is $rc 1 "no such process: exit code 1"
usage "an unknown policy" 'no policy' $sim --policy moon
usage "a policy that decides nothing" 'nobody decides' $sim --policy off
usage "a workload of the moon" 'moon' $sim --workload moon
usage "a machine of the moon" 'moon' $sim --topology moon
usage "costs of the moon" 'server or emulated' $sim --costs moon
usage "huge pages as a mood" 'always or never' $sim --thp maybe
usage "an address in words" 'is not an address' $sim --page here
usage "an address without a mark" 'is not an address' $sim --page 1000
usage "thread 0" 'whole number from 1' $sim --thread 0
usage "a page and a thread" 'either a page or a thread' $sim --page 0x1000 \
	--thread 1
usage "a trace and a simulation" 'either a trace' $sim a
}
usage "nothing" 'which trace'
usage "two traces" 'one trace' a b
usage "a machine for a trace" 'are for --on sim' --topology 2x2 a
usage "on a real machine" 'numaplace record' --on vm
usage "no workload" 'what is run' --on sim --topology 2x2 --policy moron
usage "no policy" 'which policy' --on sim --topology 2x2 --workload numa02

try "$tmp/nowhere"
is $rc 1 "no such file: exit code 1"
like "$said" 'nowhere: No such file' "no such file: says so"
echo "once upon a time there was no trace at all" >"$tmp/text"
try "$tmp/text"
is $rc 1 "no trace: exit code 1"
like "$said" 'not a trace' "no trace: says so"
# shellcheck disable=SC2002 # a pipe is what is meant
said=$(cat "$tmp/text" | "$np" explain /dev/stdin 2>&1)
like "$said" 'read twice' "a pipe cannot be read twice"

# --------------------------------------------------------- ended before its end

"$np" explain --on sim --topology 8x8 --workload warehouse --policy stock \
	--seconds 80000 >"$tmp/text" 2>"$tmp/log" &
pid=$!
sleep 3
kill -INT $pid
wait $pid
is $? 130 "ended by SIGINT: exit code 130"
is "$(cat "$tmp/text")" "" "ended by SIGINT: no half story"
like "$(cat "$tmp/log")" 'counting: [0-9]+ %' "a long run shows progress"

tap_end
