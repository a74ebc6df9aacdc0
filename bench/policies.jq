# What docs/results-policies.md shows: a row per workload and policy.
include "lib";

# Never, if half of them never came there.
def mean_or_never: . as $all | map(select(. != null)) as $some
	| if ($some | length) * 2 <= ($all | length) then null else $some | mean end;

# What the page needs of a run in the lab.
def kept_run: { workload, policy, seconds, local_of_hand, seconds_to_90pct_of_hand,
	kernel_per_user_insn, pages_migrated, user_insn, kernel_insn, fairness,
	worst_share };
# How fast a guest runs depends on what else the host does; what part of the
# instructions was the program's does not.
def of_lab: { workload, policy, of_hand: .local_of_hand,
	near: .seconds_to_90pct_of_hand, kernel: .kernel_per_user_insn,
	moved: .pages_migrated, work: (.user_insn / (.user_insn + .kernel_insn)), fairness, worst: .worst_share };
# The seeds of a cell, as one.
def of_sim: { workload: .[0].workload, policy: .[0].policy,
	of_hand: (map(.local_of_hand) | mean),
	near: (map(.seconds_to_90pct_of_hand) | mean_or_never),
	kernel: ((map(.kernel_seconds) | add) / (map(.user_seconds) | add)),
	moved: (map(.pages_moved) | mean), work: (map(.work) | mean),
	fairness: (map(.fairness) | mean), worst: (map(.worst_share) | min) };
def cells: group_by([.workload, .policy]) | map(of_sim);

# With what a row is held against: the same workload under off and stock.
def beside($cells): . as $r
	| ([$cells[] | select(.workload == $r.workload)]) as $same
	| ($same[] | select(.policy == "off")) as $off
	| ($same[] | select(.policy == "stock")) as $stock
	| .change = (if $off.work > 0 then .work / $off.work - 1 else 0 end)
	| .loses = (.change < -0.04)
	| .unfair = (.fairness < $stock.fairness - 0.01);
def held: . as $cells | map(beside($cells));

def bold($yes): if $yes then "**" + . + "**" else . end;
def line: [.workload, .policy, (.of_hand | percent(1)), (.near | fixed(0)),
	(.kernel | fixed(3)), (.moved | fixed(0)),
	(.loses as $l | .change | percent(1) | bold($l)),
	(.unfair as $u | .fairness | fixed(3) | bold($u)), (.worst | fixed(2))] | row;
