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
# Each with what follows from its curve; by hand in the same round is the most.
def derived: map(.last = last) | . as $all
	| map(. as $r | ([$all[] | select(.policy == "hand" and
		.workload == $r.workload and .topology == $r.topology and
		.round == $r.round) | .last][0]) as $hand
	| .since = (if $hand == null then null else since($hand) end));
def summed($where): derived | group_by([.topology, .workload, .policy])
	| map({ key: (.[0] | "\(.topology) \(.workload) \(.policy)"),
		value: { topology: .[0].topology, workload: .[0].workload,
			 policy: .[0].policy, ($where + "_local"): local,
			 ($where + "_spread"): (map(.last) | map(select(. != null))
				| if length == 0 then null else max - min end),
			 ($where + "_near"): near,
			 ($where + "_faults"): (map(.hint_faults) | median),
			 ($where + "_moved"): (map(.pages_migrated) | median) } })
	| from_entries;

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
