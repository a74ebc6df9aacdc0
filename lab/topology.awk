# SPDX-License-Identifier: GPL-2.0
# The reader of .topo files; lab/topologies/README.md is its specification.
# Takes name (for messages), format (check, qemu, witness or print), and memory
# (MiB per node instead of what the file says, or 0).

function fail_at(line, text)
{
	printf "%s:%d: %s\n", name, line, text >"/dev/stderr"
	failed = 1
	exit 2
}

function fail(text)
{
	fail_at(NR, text)
}

# A whole number without sign or leading zeros, as every reader understands it.
function number(text, low, high, what)
{
	if (text !~ /^(0|[1-9][0-9]*)$/ || length(text) > 7 ||
	    text + 0 < low || text + 0 > high)
		fail(what " must be a whole number from " low " to " high \
		     ", not '" text "'")
	return text + 0
}

function read_node(	unit)
{
	if (NF != 6 || $3 != "cpus" || $5 != "memory")
		fail("a node reads 'node N cpus C memory MM'")
	if (rows)
		fail("every node comes before the first distance")
	if (number($2, 0, 63, "the node") != nodes)
		fail("nodes are numbered in order; this one should be " nodes)
	cpus[nodes] = number($4, 0, 256, "the number of CPUs")
	unit = substr($6, length($6))
	if (unit != "M")
		fail("memory is given in MiB, such as 1024M, not '" $6 "'")
	mib[nodes] = number(substr($6, 1, length($6) - 1), 0, 9999999, "memory")
	if (!cpus[nodes] && !mib[nodes])
		fail("node " nodes " has neither CPUs nor memory")
	described_mib += mib[nodes]
	if (memory)
		mib[nodes] = memory
	described_at[nodes] = NR
	total_cpus += cpus[nodes]
	total_mib += mib[nodes]
	nodes++
}

function read_distance(	i, d)
{
	if (!nodes)
		fail("a distance before any node")
	if (NF < 2 || number($2, 0, nodes - 1, "the node") != rows)
		fail("distances are given in order; this row should be " rows)
	if (NF != nodes + 2)
		fail("a row has " nodes " distances, not " NF - 2)
	for (i = 0; i < nodes; i++) {
		d = $(i + 3)
		if (i == rows)
			number(d, 10, 10, "the distance of a node to itself")
		else
			number(d, 11, 254, "a distance")
		distance[rows, i] = d
	}
	rows++
}

BEGIN { nodes = rows = 0 }
{ sub(/#.*/, "") }
/^[ \t]*$/ { next }
$1 == "node" { read_node(); next }
$1 == "distance" { read_distance(); next }
{ fail("unknown statement '" $1 "'") }

# A socket must not span nodes, and the kernel complains if its CPUs differ in
# their node: the largest size of socket that divides every node's CPUs.
function common_divisor(a, b,	t)
{
	while (b) {
		t = a % b
		a = b
		b = t
	}
	return a
}

function socket_size(	i, size)
{
	for (i = 0; i < nodes; i++)
		size = common_divisor(cpus[i], size)
	return size
}

# QEMU wants memory for every node or for none of them, and some of it.
function check_bootable(	i)
{
	for (i = 0; i < nodes; i++)
		if (!mib[i])
			fail_at(described_at[i], "node " i " has no memory, " \
				"and the lab cannot boot that")
}

function print_qemu(	i, j, cpu, size)
{
	size = socket_size()
	printf "-m\n%dM\n-smp\n", total_mib
	printf "cpus=%d,sockets=%d,cores=%d,threads=1\n", total_cpus,
		total_cpus / size, size
	for (i = 0; i < nodes; i++) {
		printf "-object\nmemory-backend-ram,id=node%d,size=%dM\n",
			i, mib[i]
		printf "-numa\nnode,nodeid=%d,memdev=node%d", i, i
		if (cpus[i])
			printf ",cpus=%d-%d", cpu, cpu + cpus[i] - 1
		print ""
		cpu += cpus[i]
	}
	for (i = 0; i < nodes; i++)
		for (j = 0; j < nodes; j++)
			printf "-numa\ndist,src=%d,dst=%d,val=%d\n",
				i, j, distance[i, j]
}

function print_list(key, list,	i)
{
	printf "%s=", key
	for (i = 0; i < nodes; i++)
		printf "%s%d", i ? ":" : "", list[i]
}

function print_witness()
{
	print_list("cpus", cpus)
	printf ","
	print_list("memory", mib)
	print ""
}

function print_machine(	i, j)
{
	for (i = 0; i < nodes; i++)
		printf "node %d cpus %d memory %dM\n", i, cpus[i], mib[i]
	for (i = 0; i < nodes; i++) {
		printf "distance %d", i
		for (j = 0; j < nodes; j++)
			printf " %d", distance[i, j]
		print ""
	}
}

END {
	if (failed)
		exit 2
	if (!nodes)
		fail("there are no nodes")
	if (rows != nodes)
		fail("the distances from node " rows + 0 " are missing")
	if (!total_cpus)
		fail("no node has a CPU")
	if (total_cpus > 256)
		fail("more than 256 CPUs")
	if (!described_mib)
		fail("no node has memory")
	if (format == "qemu" || format == "witness")
		check_bootable()
	if (format == "qemu")
		print_qemu()
	else if (format == "witness")
		print_witness()
	else if (format == "print")
		print_machine()
}
