# What docs/fidelity.md compares: one object per topology, workload, policy.
include "lib";

# What the page needs of a run in the lab.
def kept_run: { topology, workload, policy, round, accesses, hint_faults, pages_migrated,
	system_seconds: .numaplace.system_seconds,
	scan_time: .numaplace.counters.scan_time,
	scan_windows: .numaplace.counters.scan_windows, curve };

# Local fraction over the last 8 of 24 s: two turns of phases, four of pingpong.
def last: [.curve[] | select(.[0] > 16.5 and .[0] < 24.5) | .[1]
	| select(. != null)] | mean;
# Since when the mean of 4 s, a turn of phases, has been 90 % of @hand.
def since($hand): [.curve[] | select(.[0] < 24.5 and .[1] != null)] as $c
	| reduce range(3; $c | length) as $i (null;
		([$c[$i - 3:$i + 1][][1]] | mean) as $m
		| if $m < 0.9 * $hand then null
		  elif . == null then $c[$i][0] else . end);

# The median over rounds; a run that never came near counts as never.
def near: map(.since) | if any(. == null)
	then (if (map(select(. == null)) | length) * 2 >= length then null
	      else map(select(. != null)) | median end)
	else median end;
def local: map(.last) | map(select(. != null)) | median;
# Where a program begins is chance, and which of its threads are together, which
# its first turns show; both can last.  What a round of the lab is held against are
# the seeds whose first $known seconds were most like its own: in the mean at most 5
# points more apart than the nearest.  (Not in the worst second: a first touch that ends
# a second later would be all that counts.)
# A second without accesses has no share.
def first($known): [.curve[range($known)][1]];
def apart($other; $known): [first($known), ($other | first($known))] | transpose
	| map(select(all(. != null)) | .[0] - .[1] | fabs) | mean // 1;
def alike($seeds; $known): . as $round
	| [$seeds[] | { apart: apart($round; $known), seed: . }]
	| (map(.apart) | min) as $least
	| [.[] | select(.apart <= $least + 0.05) | .seed];

# Each with what follows from its curve; by hand in the same round is the most.
def its_round: "\(.topology) \(.workload) \(.round)";
def derived: map(.last = last)
	| (map(select(.policy == "hand")) | reverse | INDEX(its_round)) as $hands
	| map($hands[its_round].last as $hand
	| .since = (if $hand == null then null else since($hand) end));
def cells: derived | group_by([.topology, .workload, .policy])
	| map({ key: (.[0] | "\(.topology) \(.workload) \(.policy)"), value: . })
	| from_entries;
def lasts: map(.last | select(. != null));
def spread: lasts | if length == 0 then null else max - min end;
# Between which of $n sorted values the median of all that could be is found, with 95 %
# confidence: from so manieth to so manieth last (binomial, 1/2); 0 = $n is too few.
def rank($n): reduce range($n) as $k ({ ways: 1, sum: 0, rank: 0 };
	.sum += .ways
	| if .sum * 2 / pow(2; $n) <= 0.05 then .rank = $k + 1 else . end
	| .ways = .ways * ($n - $k) / ($k + 1)) | .rank;
def between: lasts | sort | rank(length) as $k
	| if length == 0 then null elif $k == 0 then [.[0], .[-1]]
	  else [.[$k - 1], .[-$k]] end;
def faults: map(.hint_faults) | median | round;
def moved: map(.pages_migrated) | median | round;
def figures($where): { ($where + "_local"): local,
	($where + "_spread"): spread, ($where + "_between"): between,
	($where + "_near"): near,
	($where + "_faults"): faults, ($where + "_moved"): moved };

# How fast the lab's host was is measured, too, run by run: how many times longer $seconds
# were than what was done in them takes by sim/costs.c's `emulated` (access_ns; fault_ns
# and fault_wait_ns; move_ns and copy_ns, in us).  Of four busy CPUs host_cpus run.
def tenths: . * 10 | round / 10;
def running: if .workload == "pingpong" then 1 else 2.2 end;
def fault_us: if .policy == "stock" or .workload == "pingpong" then 3 else 27 end;
def move_us: if .policy == "stock" then 76 else 92 end;
def slower($seconds): $seconds * 1e6 * running
	/ (.accesses * 0.06 + .hint_faults * fault_us + .pages_migrated * move_us);
# Of the steady ones no accesses were kept; what faults took is the system time.
def slower_in_system: (.system_seconds - .scan_time / 1e9) * 1e6 * running / 4
	/ (.hint_faults * fault_us + .pages_migrated * move_us);
# Marking a window of phases takes 150 ms here, 27 more times K, and 56 times W.
def wait($slower): (.scan_time / 1e6 / .scan_windows - 150 - 27 * $slower) / 56
	| [., 0.1] | max;
def cost($slower; $wait):
	"emulated:slower=\($slower | tenths),wait=\($wait | tenths)";

def has_beat: .workload | IN("phases", "pingpong");
# All runs of a topology, each with what things cost: in it, or in its round (forkstorm has
# no faults).
def with_costs($seconds): (map(select(.workload == "phases" and .policy == "moron"))
		| sort_by(.round) | map(wait(slower($seconds)))) as $waits
	| (map(select((has_beat | not) and .policy == "moron" and .hint_faults > 0))
		| group_by(.round) | map(map(slower_in_system) | median)) as $steady
	| map(.costs = if has_beat
		then cost(slower($seconds); $waits[.round - 1])
		else cost($steady[.round - 1]; $waits | median) end);
# What to simulate, a line each: workloads, policies, and what things cost.
def to_simulate: def all(f): map(f) | unique | join(",");
	group_by(.costs, if has_beat then .workload, .policy else "" end)[]
	| [all(.workload), all(.policy), .[0].costs] | join(" ");

def expected($seeds; $known): alike($seeds; $known)
	| { last: local, since: near, hint_faults: faults, pages_migrated: moved };
# Of both, cell by cell; each round beside the seeds that cost what it did.
def seeds_by_cost: group_by(.sim.costs) | INDEX(.[0].sim.costs);
def beside($vm; $sim; $known): $vm | to_entries[] | .value as $rounds
	| ($sim[.key] | seeds_by_cost) as $seeds
	| ($rounds[0] | { topology, workload, policy })
	  + ($rounds | figures("vm"))
	  + ($rounds | map(expected($seeds[.costs]; $known)) | figures("sim"));
# And round by round.
def rounds_beside($sim; $known): ($sim | seeds_by_cost) as $seeds
	| map({ topology, round, costs, vm: .last,
		sim: expected($seeds[.costs]; $known).last });

# Samples are a second apart and the first may be late: 2 s are no difference.
def near_ok: if .sim_local == null then true elif .vm_near == null or .sim_near == null
	then .vm_near == .sim_near
	else ([.vm_near, .sim_near] | max) <= 2 * ([.vm_near, .sim_near] | min) or
	     ((.vm_near - .sim_near) | fabs) <= 2 end;
def local_ok: if .vm_local == null or .sim_local == null then true
	else ((.vm_local - .sim_local) | fabs) <= 0.05 end;

def mille: . * 1000 | round;
def local_known: local_ok or ((.sim_local | mille) as $sim
	| $sim >= (.vm_between[0] | mille) and $sim <= (.vm_between[1] | mille));
def as_asked: if local_ok and near_ok then "yes" elif local_known and near_ok then
	"**no**, but between" else "**no**" end;

# Policies by their final locality; what is within 5 points is a tie.
def order($where): . as $rows | [.[] | . as $a | $rows[] | . as $b
	| select($a.policy < $b.policy and $a[$where] != null and $b[$where] != null)
	| { a: $a.policy, b: $b.policy,
	    sign: (($a[$where] - $b[$where]) | if fabs <= 0.05 then 0
		   elif . > 0 then 1 else -1 end) }];
def ranked_alike: (order("vm_local")) as $vm | (order("sim_local")) as $sim
	| [range($vm | length)] | all($vm[.].sign * $sim[.].sign >= 0);
