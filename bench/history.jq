# What docs/history.md sets side by side.
include "lib";

def column: { elapsed: "elapsed_seconds", work: "work", local: "local_final" }[.];
# Mean over the seeds, or null if a point was cut off or is not there.
def simulated($points; $set; $workload; $policy): [$points[]
	| select(.topology == $set.machine and .thp == $set.thp and
		 (.workload | split(":")[0]) == $workload and .policy == $policy)
	| .[$set.figure | column]] | mean;

# One row of a published table, with what was simulated: by policy, as parts of
# the first one's.
def rows($points): .[] as $set | $set.rows | to_entries[] | .key as $w
	| (.value | to_entries) as $p | $p[0].value as $base
	| simulated($points; $set; $w; $p[0].key) as $sim_base
	| { from: $set.from, machine: $set.machine, thp: $set.thp,
	    figure: $set.figure, workload: $w,
	    systems: [$p[] | { policy: .key, published: (.value / $base),
		simulated: (simulated($points; $set; $w; .key)
			    | if . == null then null else . / $sim_base end) }] };

# Pairs that were published as different by more than 5 % (a single run of numa01
# differed by 14 % from the next), and what they are here: 1 % is a difference
# between means of simulations.
def sign($tie): if fabs <= $tie then 0 elif . > 0 then 1 else -1 end;
def pairs: . as $r | [$r.systems[] as $a | $r.systems[] as $b
	| select($a.policy < $b.policy)
	| ($a.published / $b.published - 1) as $before
	| select($before | fabs > 0.05)
	| ($a.simulated / $b.simulated - 1 | sign(0.01)) as $now
	| { a: $a.policy, b: $b.policy,
	    holds: (if $now == 0 then "tie" elif $now == ($before | sign(0)) then "holds"
		    else "reversed" end) }];

def short: sub("^balancenuma:version=1$"; "balancenuma v1");
def list(value): map((.policy | short) + " " + (value | fixed(2))) | join(", ");
def named($what): map(select(.holds == $what) | (.a | short) + "/" + (.b | short)) | join(", ");
def line: . as $r | pairs as $p | [.workload + " (" + .figure + ")",
	($r.systems | sort_by(.published) | list(.published)),
	($r.systems | sort_by(.simulated) | list(.simulated)),
	"\($p | map(select(.holds == "holds")) | length) of \($p | length)",
	($p | named("reversed")), ($p | named("tie"))] | row;
