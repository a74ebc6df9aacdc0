# What the tables of docs/results.md share.
def mean: if length == 0 then null else add / length end;
def median: sort | if length == 0 then null
	elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def fixed($digits): if . == null then "–" else
	(. * pow(10; $digits) | round) as $n
	| (if $n < 0 then "-" else "" end) as $sign
	| ($n | fabs | tostring) as $text
	| if $digits == 0 then $sign + $text else
		(("0" * ($digits + 1 - ($text | length) | if . > 0 then . else 0 end)) // "") + $text
		| $sign + .[:-$digits] + "." + .[-$digits:] end end;
def percent($digits): if . == null then "–" else (. * 100 | fixed($digits)) + " %" end;
def row: "| " + join(" | ") + " |";
# Change against the same round of `off`, by policy: [{policy, ratios}].
def paired(value): . as $runs
	| [.[] | select(.policy != "off") | .policy] | unique
	| map(. as $p | { policy: $p, ratios: [$runs[] | select(.policy == $p)
		| . as $r | ($runs[] | select(.policy == "off" and .round == $r.round)) as $o
		| ($r | value) / ($o | value) - 1] });
# A report with of each run only what `run` makes of it, a line each.
def kept(run): (del(.runs, .command) | tojson)[:-1] + ",\"runs\":[",
	([.runs[] | run | tojson] | join(",\n")), "]}";
