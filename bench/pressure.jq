# What docs/pressure.md sets side by side.
include "lib";

# Instructions of the kernel per examined page, less what the work takes without
# reclaim ($plenty): by kind and number of watchers.
def per_page($plenty): map(. as $r
	| ([$plenty[] | select(.kind == $r.kind) | .kernel] | median) as $floor
	| $r + { per_page: ((.kernel - $floor) / .examined) });
def costs($plenty): per_page($plenty) | group_by(.kind)[]
	| ([.[] | select(.watchers == 0) | .per_page] | median) as $base
	| group_by(.watchers)[] | [.[].per_page] as $p
	| [.[0].kind, (.[0].watchers | tostring), (length | tostring),
	   ([.[].examined] | median | fixed(0)), ($p | median | fixed(0)),
	   ($p | min | fixed(0)), ($p | max | fixed(0)),
	   (if .[0].watchers == 0 then "" else ($p | median / $base - 1 | percent(2)) end)]
	| row;

def columns: [.[] | { swap, scenario }] | unique;
def head_of($first): [$first] + map(.scenario + (if .swap == "yes" then ", swap" else "" end)) | row;
def rule: "|" + ([range(length + 1)] | map("---|") | add);
# Those rounds of a column.
def rounds_of($all): . as $c | [$all[] | select(.swap == $c.swap and .scenario == $c.scenario)];

# Median seconds before the kill, of the rounds that were warned.
def lead: .source as $source | [.rounds[] | select(.warned[$source].times > 0) | .killed - .warned[$source].first]
	as $leads | if $leads == [] then "–"
	else "\($leads | median | fixed(2)) s (\($leads | length))" end;
# Median number of warnings, and how many rounds had one.
def alarms: .source as $source | [.rounds[].warned[$source].times] as $t
	| "\($t | median | fixed(0)) (\([$t[] | select(. > 0)] | length))";

def table(cell): . as $all | ($all[0].warned | keys_unsorted) as $sources
	| columns as $columns
	| ($columns | head_of("")), ($columns | rule),
	  ($sources[] as $s
		| [$s] + [$columns[] | { source: $s, rounds: rounds_of($all) } | cell] | row);
def killed: map(select(.killed > 0));
def alive: map(select(.killed == 0));
