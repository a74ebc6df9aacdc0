#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sweeps as they are used: real ones, small; killed, shared, broken.
# shellcheck source=lab/guest/tap.sh

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/lab/guest/tap.sh"
np=${NUMAPLACE:-$top/build/numaplace}
[ -x "$np" ] || skip_all "no $np"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

# Two machines, three workloads, four policies with the one by hand, seeds.
what="--topologies 2x2,2x4 --workloads numa02,phases,latency
	--policies off,stock,moron --seeds 8 --seconds 4"
points=192

# sweep FILE OPTION..: leaves what was said in $said, the exit code in $rc.
sweep()
{
	file=$1
	shift
	# shellcheck disable=SC2086 # $what is a list of words
	said=$(nice "$np" sweep $what -o "$file" "$@" 2>&1)
	rc=$?
}

# new TEXT..: how many points the sweeps that said this have made.
new()
{
	printf '%s\n' "$@" | sed -n 's/.*, \([0-9]*\) of them new$/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

# json FILE: all that is in it, into FILE.json.
json()
{
	"$np" report "$1" --json "$1.json" >/dev/null
}

# same FILE DESCRIPTION: it has what the first one has.
same()
{
	json "$1"
	check "$2" cmp one.sqlite.json "$1.json"
}

# children PID
children()
{
	cat /proc/"$1"/task/"$1"/children
}

# there FILE: how many points are in it.
there()
{
	"$np" report "$1" 2>/dev/null | sed -n '1s/ points.*//p'
}

# byte FILE OFFSET OCTAL: overwrite one.
byte()
{
	# shellcheck disable=SC2059 # the number is made for this
	printf "\\$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# ------------------------------------------------------- the same everywhere

sweep one.sqlite --jobs 1
is $rc 0 "a sweep with one worker"
is "$(new "$said")" $points "it makes all points"
check "it leaves one file" test "$(ls)" = one.sqlite
json one.sqlite
is "$(there one.sqlite)" $points "they are all in the file"
is "$(jq '.points | length, (map(.policy) | unique | length)' one.sqlite.json |
	tr '\n' ' ')" "$points 4 " "and in the report, with those by hand"
is "$(jq '[.points[] | select(.local_of_hand == null)] | length' one.sqlite.json)" 0 \
	"each knows how near it is to placement by hand"
is "$(jq '[.points[] | select((.curve | length) != 4)] | length' one.sqlite.json)" 0 \
	"each has its curve"
is "$(jq '[.tables[] | .rows | length] | unique | tostring' one.sqlite.json)" '"[4]"' \
	"each table has all policies"
check "figures are there" jq -e 'all(.points[]; .work > 0 and
	.user_seconds > 0 and .elapsed_seconds > 0 and .fairness > 0 and .worst_share > 0 and
	.switches > 0) and any(.points[]; .hint_faults > 0) and
	any(.points[]; .pages_moved > 0) and any(.points[]; .wakeups > 0) and
	any(.points[]; .task_moves != null)' one.sqlite.json

sweep two.sqlite --jobs 2
is $rc 0 "a sweep with two workers"
same two.sqlite "its report is the same"

sweep one.sqlite
is "$rc $(new "$said")" "0 0" "made again, it makes nothing"

# The figures of a point are those of a comparison.
"$np" compare --on sim --topology 2x4 --workload phases --policies moron,hand \
	--seconds 4 --quiet --json compare.json >/dev/null
is "$(jq -c '.runs[0] | [.local_final, .seconds_to_90pct_of_hand, .hint_faults,
	.pages_migrated, .work_done, .curve]' compare.json)" \
   "$(jq -c '.points[] | select(.topology == "2x4" and .workload == "phases"
	and .policy == "moron" and .seed == 1) | [.local_final,
	.seconds_to_90pct_of_hand, .hint_faults, .pages_moved, .work, .curve]' \
	one.sqlite.json)" "a point is what numaplace compare measures"

if command -v mpirun >/dev/null; then
	# shellcheck disable=SC2086
	said=$(OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
		OMPI_MCA_plm=isolated nice mpirun --oversubscribe -n 3 "$np" sweep $what \
		-o mpi.sqlite 2>&1)
	is $? 0 "a sweep of three ranks"
	same mpi.sqlite "its report is the same"
	is "$(printf '%s\n' "$said" | grep -c ' points in ')" 1 \
		"one rank speaks for all"
else
	skip "a sweep under mpirun" "there is no mpirun"
fi

# Ranks that nobody else takes part with: it helps itself.
said=$(PMI_RANK=1 PMI_SIZE=4 nice "$np" sweep -t 2x2 -w numa02 -p off \
	--seeds 4 -s 2 -o rank.sqlite 2>&1)
is "$? $(there rank.sqlite)" "0 8" "one rank of four, alone, does it all"

# -------------------------------------------------------------- more of it

sweep more.sqlite --seeds 1
sweep more.sqlite
is "$(new "$said")" $((points * 7 / 8)) "more seeds add their points"
json more.sqlite
is "$(jq -c .points more.sqlite.json | cksum)" \
   "$(jq -c .points one.sqlite.json | cksum)" "and all are as if made at once"

# ------------------------------------------------------------------- killed

# Whatever is killed: the parent alone, or everybody at once.
i=0
before=0
lost=
broken=
killed=0
while [ $i -lt 8 ]; do
	i=$((i + 1))
	# shellcheck disable=SC2086
	setsid "$np" sweep $what --quiet -o killed.sqlite 2>/dev/null &
	pid=$!
	sleep "$(printf 0.%03d "$(shuf -i 20-150 -n 1)")"
	if [ $((i % 2)) = 0 ]; then
		kill -s KILL $pid
	else
		kill -s KILL -- -$pid
	fi 2>/dev/null
	wait $pid 2>/dev/null
	[ $? = 137 ] && killed=$((killed + 1))
	sleep 0.1
	now=$(there killed.sqlite)
	[ "${now:-0}" -ge "$before" ] || lost="$lost $i"
	[ ! -s killed.sqlite ] || "$np" report killed.sqlite >report.txt 2>&1 ||
		grep -q 'no points in it yet\|nothing in it' report.txt ||
		broken="$broken $i:$(cat report.txt)"
	before=${now:-0}
done
is "$lost" "" "killed, it loses no point"
is "$broken" "" "killed, it breaks no file"
check "it was killed in the middle" test "$before" -gt 0 -a "$killed" -gt 1
before=$(there killed.sqlite)
sweep killed.sqlite
is "$rc" 0 "begun again, it comes to its end"
is "$(new "$said")" $((points - before)) "and makes what was missing, once"
same killed.sqlite "the result is the same"

# ------------------------------------------------------- others at the same

for n in 1 2 3; do
	# shellcheck disable=SC2086
	nice "$np" sweep $what --jobs 2 -o shared.sqlite >said.$n 2>&1 &
done
wait
is "$(new "$(cat said.1 said.2 said.3)")" $points \
	"three at the same time make no point twice"
is "$(grep -hc "^$points of $points points" said.1 said.2 said.3 | tr -d '\n')" \
	111 "all end when all points are there"
same shared.sqlite "the result is the same"
check "one file is left" test ! -e shared.sqlite-wal

# ------------------------------------------------------------------ stopped

# stopped SIGNAL: leaves the exit code in $rc.
stopped()
{
	rm -f stop.sqlite*
	# shellcheck disable=SC2086
	setsid "$np" sweep $what --seconds 400 --jobs 2 -o stop.sqlite 2>said &
	pid=$!
	sleep 0.7
	workers=$(children $pid)
	kill -"$1" $pid
	wait $pid
	rc=$?
}

# A shell starts background jobs with SIGINT ignored; sweep takes it as it is.
stopped TERM
is $rc 143 "stopped by SIGTERM: exit code 143"
like "$(cat said)" 'stopped; the same command goes on' "it says so"
check "there were two workers" test "$(echo "$workers" | wc -w)" = 2
left=
for worker in $workers; do
	[ ! -e "/proc/$worker" ] || left="$left $worker"
done
is "$left" "" "none is left"
check "one file is left" test ! -e stop.sqlite-wal
stopped INT
is $rc 130 "stopped by SIGINT: exit code 130"

# A worker that dies costs one point.
rm -f stop.sqlite*
# shellcheck disable=SC2086
"$np" sweep $what --seeds 1 --seconds 100 --jobs 2 -o worker.sqlite 2>said &
pid=$!
sleep 0.5
kill -SEGV "$(children $pid | awk '{ print $1 }')"
wait $pid
is $? 1 "a worker that dies: exit code 1"
like "$(cat said)" 'a worker was ended by signal 11 .* at .* under .* on' \
	"it says at which point"
is "$(there worker.sqlite)" $((points / 8 - 1)) "all other points are made"
sweep worker.sqlite --seeds 1 --seconds 100
is "$rc $(new "$said")" "0 1" "the same command makes the one"

# --------------------------------------------------------- what is no sweep

# broken DESCRIPTION REGEX FILE: refused by both commands, and not changed.
broken()
{
	cp "$3" before
	sweep "$3"
	is $rc 1 "$1: sweep fails"
	like "$said" "^numaplace: $3: .*$2" "$1: sweep says so"
	said=$("$np" report "$3" 2>&1)
	is $? 1 "$1: report fails"
	like "$said" "^numaplace: $3: .*$2" "$1: report says so"
	check "$1: it is as before" cmp before "$3"
}

seq 10000 >text
broken "a text" 'is no database' text
cp one.sqlite other; byte other 70 0
broken "a database of something else" 'is a database of something else' other
cp one.sqlite newer; byte newer 63 7
broken "one of a newer program" 'has the format 7' newer
size=$(stat -c %s one.sqlite)
head -c $((size - 4096)) one.sqlite >short
broken "a short one" 'is damaged' short
head -c 50 one.sqlite >stub
broken "a stub" 'is (damaged|no database)' stub

# Whatever bit flips, the report is the same, or there is none.
i=0
noticed=0
wrong=
jq -c .points one.sqlite.json >points.json
while [ $i -lt 40 ]; do
	i=$((i + 1))
	cp one.sqlite flipped
	at=$(shuf -i 100-$((size - 1)) -n 1)
	old=$(od -An -tu1 -j "$at" -N 1 flipped)
	byte flipped "$at" "$(printf %03o $((old ^ (1 << (i % 8)))))"
	if "$np" report flipped --json flipped.json >/dev/null 2>said; then
		jq -c .points flipped.json | cmp -s - points.json ||
			wrong="$wrong $at"
	else
		noticed=$((noticed + 1))
		grep -q '^numaplace: flipped: ' said || wrong="$wrong $at"
	fi
done
is "$wrong" "" "a flipped bit gives no wrong figure"
check "many of them are noticed" test $noticed -gt 5

mkdir dir
for file in dir /dev/full no/where; do
	sweep $file
	is $rc 1 "$file is no place for a sweep"
	like "$said" "^numaplace: $file: (is no file|No such file)" \
		"$file: it says so"
done

# For root nothing is read-only.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
else
	as=
fi
cp one.sqlite readonly
chmod 444 readonly
chmod 555 .
if $as test -x "$np"; then
	# shellcheck disable=SC2086
	said=$($as "$np" sweep $what --seeds 4 -o readonly 2>&1)
	is $? 1 "a read-only file: sweep fails"
	like "$said" 'readonly: Permission denied' "it says so"
	is "$($as "$np" report readonly)" "$("$np" report one.sqlite)" \
		"a read-only file can be reported"
	chmod 755 .
	# What a killed sweep leaves: a log, here without the memory beside it.
	# shellcheck disable=SC2086
	setsid "$np" sweep $what --seconds 100 -q -o log.sqlite &
	pid=$!
	sleep 1
	kill -s KILL -- -$pid
	wait $pid 2>/dev/null
	sleep 0.1
	rm -f log.sqlite-shm
	chmod 555 .
	like "$($as "$np" report log.sqlite 2>&1)" \
		'a sweep of it has not ended, and nothing can be written' \
		"a log that cannot be read is told"
	chmod 755 .
	check "where it can be written it is read" "$np" report log.sqlite
else
	chmod 755 .
	skip "a read-only file" "nobody else can run the program here"
fi

# A small disk, then a file that may not grow, which ends elsewhere in a write.
cat >disk.sh <<'END'
mkdir disk && mount -t tmpfs -o size=160k none disk || exit 3
"$@" -o disk/full.sqlite
rc=$?
mount -o remount,size=9M "$PWD/disk"
cp disk/full.sqlite* .
exit $rc
END
if unshare -rm true 2>/dev/null; then
	# shellcheck disable=SC2086
	said=$(unshare -rm sh disk.sh "$np" sweep $what --jobs 2 2>&1)
	is $? 1 "a full disk: exit code 1"
	like "$said" 'full.sqlite: no space left; what is finished is kept' \
		"a full disk is told"
	check "what was finished is there" test "$(there full.sqlite)" -gt 0
else
	skip "a full disk" "no disk can be made here"
fi
# shellcheck disable=SC2086
said=$(ulimit -f 400; "$np" sweep $what --jobs 2 -o full.sqlite 2>&1)
is $? 1 "a file that cannot grow: exit code 1"
like "$said" 'full.sqlite: (File too large|no space|disk I/O)' \
	"it says so"
before=$(there full.sqlite)
sweep full.sqlite
is "$rc $(new "$said")" "0 $((points - ${before:-0}))" \
	"with room again, it goes on"
same full.sqlite "the result is the same"

# ------------------------------------------------------------ other machines

cat >my.topo <<'END'
node 0 cpus 2 memory 512M
node 1 cpus 2 memory 512M
distance 0 10 21
distance 1 21 10
END
mine="--topologies my.topo --workloads numa02 --policies off --seconds 2"
# shellcheck disable=SC2086
check "a machine from a file" "$np" sweep $mine -q -o mine.sqlite
sed -i 's/21/31/' my.topo
# shellcheck disable=SC2086
said=$("$np" sweep $mine -q -o mine.sqlite 2>&1)
is $? 1 "the file has changed: exit code 1"
like "$said" "its points are of another 'topology my.topo'" "it says so"

# -------------------------------------------------------------- wrong usage

# usage DESCRIPTION REGEX ARGUMENT..: exit code 2, a message, no file.
usage()
{
	text=$1 regex=$2
	shift 2
	rm -f wrong.sqlite
	said=$("$np" "$@" 2>&1)
	is $? 2 "$text: exit code 2"
	like "$said" "$regex" "$text: says so"
	check "$text: no file" test ! -e wrong.sqlite
}

wrong="sweep -t 2x2 -w numa02 -p off -o wrong.sqlite"
usage "nothing" 'which machines' sweep -o wrong.sqlite
usage "no workload" 'what is run' sweep -t 2x2 -o wrong.sqlite
usage "no policy" 'which policies' sweep -t 2x2 -w numa02 -o wrong.sqlite
usage "no file" 'into which file' sweep -t 2x2 -w numa02 -p off
# shellcheck disable=SC2086
{
usage "no such machine" 'moon' $wrong -t 2x2,moon
usage "no such workload" 'nonsense' $wrong -w nonsense
usage "no such policy" 'nonsense' $wrong -p nonsense
usage "a policy twice" "'off' is listed twice" $wrong -p off,off
usage "no seeds" 'whole number from 1' $wrong --seeds 0
usage "too many points" 'at most 1000000' $wrong --seeds 600000
usage "huge pages as a mood" 'never, always or both' $wrong --thp maybe
usage "costs of nothing" 'server or emulated' $wrong --costs none
usage "a strange kernel" 'none, voluntary, full or lazy' $wrong --preempt now
usage "a word too much" "'hello' is too much" $wrong hello
}
usage "a report of nothing" 'which file' report
usage "a report by mood" "not 'mood'" report one.sqlite --by mood

# ------------------------------------------------------------------- reports

said=$("$np" report one.sqlite)
like "$said" '^phases on 2x4$' "a table has a title"
like "$said" '^moron +8 +[0-9.]+ %' "and a row for each policy"
said=$("$np" report one.sqlite --by topology)
like "$said" '^phases under moron$' "tables by topology"
is "$(printf '%s\n' "$said" | grep -cE '^2x[24] +8 ')" 24 "have machines as rows"
is "$("$np" report more.sqlite | sed -n 1p)" "$points points" \
	"a whole sweep lacks nothing"
rm -f part.sqlite
said=$(ulimit -f 80; nice "$np" sweep -t 2x2 -w numa02 -p off --seeds 900 -s 2 \
	-o part.sqlite 2>&1)
like "$("$np" report part.sqlite | sed -n 1p)" \
	'^[0-9]+ points, [0-9]+ more to come$' "one that goes on says so"

if command -v gnuplot >/dev/null; then
	mkdir scratch
	check "a page and a picture" env TMPDIR="$tmp/scratch" "$np" report \
		one.sqlite --html page.html --png chart.png
	is "$(grep -c '<svg' page.html)" 7 "a chart of all, one for each table"
	unlike "$(cat page.html)" '(src|href)=' "the page needs nothing else"
	is "$(head -c 4 chart.png | tail -c 3)" PNG "the picture is one"
	is "$(ls scratch)" "" "nothing is left behind"
else
	skip "a page and a picture" "there is no gnuplot"
fi
said=$("$np" report one.sqlite --json no/where.json 2>&1)
is $? 1 "a report into nowhere: exit code 1"
like "$said" 'no/where.json: No such file' "it says so"
"$np" report one.sqlite >/dev/full 2>said
is $? 1 "a report to a full disk: exit code 1"
is "$("$np" report one.sqlite --json - | head -c 1)" "{" "JSON to a pipe"

tap_end
