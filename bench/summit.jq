# What docs/summit.md shows.
include "lib";

def geomean: if length == 0 then null else (map(log) | add / length | exp) end;
def nodes: .topology | split("x")[0] | tonumber;
def kind: .workload | split(":")[0];
def work($points; $n; $w; $p): [$points[]
	| select(nodes == $n and kind == $w and .policy == $p) | .work] | mean;

# Work against off, by machine, workload and policy.
def gains: . as $all | ([$all[] | nodes] | unique) as $sizes
	| ([$all[] | kind] | unique) as $kinds | ([$all[].policy] | unique) as $policies
	| [$sizes[] as $n | $kinds[] as $w | work($all; $n; $w; "off") as $off
	   | $policies[] | select(. != "off" and . != "hand") as $p
	   | { nodes: $n, workload: $w, policy: $p, gain: (work($all; $n; $w; $p) / $off) }];
def by_policy: group_by([.nodes, .policy])
	| map({ nodes: .[0].nodes, policy: .[0].policy, gain: (map(.gain) | geomean) });
# Part of all CPU time that balancing took, and CPUs looked at per second and CPU.
def cost: group_by([nodes, .policy])
	| map({ nodes: (.[0] | nodes), policy: .[0].policy,
		cost: ((map(.balancer_seconds) | add) /
		       (map(.user_seconds + .kernel_seconds) | add)) });
def cell($nodes; $policy; value): [.[] | select(.nodes == $nodes and .policy == $policy) | value][0];
def table($policies; value; format): . as $t | ([.[].nodes] | unique) as $sizes
	| (["policy"] + ($sizes | map("\(.) nodes")) | row),
	  ("|---" * ($sizes | length + 1) + "|"),
	  ($policies[] | . as $p | [$p] + ($sizes | map(. as $n | $t | cell($n; $p; value) | format)) | row);
