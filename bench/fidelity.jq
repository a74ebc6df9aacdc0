# What docs/fidelity.md compares: one object per topology, workload, policy.
include "lib";

# Local fraction over the last 8 of 24 s: two turns of phases, four of pingpong.
def mean: if length == 0 then null else add / length end;
def last: [.curve[] | select(.[0] > 16.5 and .[0] < 24.5) | .[1]
	| select(. != null)] | mean;
# Since when the mean of 4 s, a turn of phases, has been 90 % of @hand.
def since($hand): [.curve[] | select(.[0] < 24.5 and .[1] != null)] as $c
	| reduce range(1; $c | length) as $i (null;
		([$c[[0, $i - 3] | max:$i + 1][][1]] | mean) as $m
		| if $m < 0.9 * $hand then null
		  elif . == null then $c[$i][0] else . end);

# The median over rounds; a run that never came near counts as never.
def near: map(.since) | if any(. == null)
	then (if (map(select(. == null)) | length) * 2 >= length then null
	      else map(select(. != null)) | median end)
	else median end;
def local: map(.last) | map(select(. != null)) | median;
# Where a program begins is chance, and which of its threads are together, which
# its first turn shows; both can last.  What a round of the lab is held against are
# the seeds whose first six seconds were most like its own, up to 10 points more than
# the nearest.
def first: [.curve[range(6)][1] // 0];
def apart($other): [first, ($other | first)] | transpose
	| map(.[0] - .[1] | fabs) | max;
def alike($seeds): . as $round | [$seeds[] | { apart: apart($round), seed: . }]
	| (map(.apart) | min) as $least
	| [.[] | select(.apart <= $least + 0.1) | .seed];

# Each with what follows from its curve; by hand in the same round is the most.
def derived: map(.last = last) | . as $all
	| map(. as $r | ([$all[] | select(.policy == "hand" and
		.workload == $r.workload and .topology == $r.topology and
		.round == $r.round) | .last][0]) as $hand
	| .since = (if $hand == null then null else since($hand) end));
def cells: derived | group_by([.topology, .workload, .policy])
	| map({ key: (.[0] | "\(.topology) \(.workload) \(.policy)"), value: . })
	| from_entries;
def spread: map(.last | select(. != null))
	| if length == 0 then null else max - min end;
def faults: map(.hint_faults) | median | round;
def moved: map(.pages_migrated) | median | round;
def figures($where): { ($where + "_local"): local,
	($where + "_spread"): spread, ($where + "_near"): near,
	($where + "_faults"): faults, ($where + "_moved"): moved };
def expected($seeds): alike($seeds)
	| { last: local, since: near, hint_faults: faults, pages_migrated: moved };
# Of both, cell by cell.
def beside($vm; $sim): $vm | to_entries[] | .value as $rounds
	| $sim[.key] as $seeds
	| ($rounds[0] | { topology, workload, policy })
	  + ($rounds | figures("vm"))
	  + ($rounds | map(expected($seeds)) | figures("sim"));

# Samples are a second apart and the first may be late: 2 s are no difference.
def near_ok: if .sim_local == null then true elif .vm_near == null or .sim_near == null
	then .vm_near == .sim_near
	else ([.vm_near, .sim_near] | max) <= 2 * ([.vm_near, .sim_near] | min) or
	     ((.vm_near - .sim_near) | fabs) <= 2 end;
def local_ok: if .vm_local == null or .sim_local == null then true
	else ((.vm_local - .sim_local) | fabs) <= 0.05 end;

# Policies by their final locality; what is within 5 points is a tie.
def order($where): . as $rows | [.[] | . as $a | $rows[] | . as $b
	| select($a.policy < $b.policy and $a[$where] != null and $b[$where] != null)
	| { a: $a.policy, b: $b.policy,
	    sign: (($a[$where] - $b[$where]) | if fabs <= 0.05 then 0
		   elif . > 0 then 1 else -1 end) }];
def ranked_alike: (order("vm_local")) as $vm | (order("sim_local")) as $sim
	| [range($vm | length)] | all($vm[.].sign * $sim[.].sign >= 0);
