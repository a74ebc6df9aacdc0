// SPDX-License-Identifier: GPL-2.0
/*
 * Is a record possible on its machine?  What passes can be given to the policy
 * code: it names only nodes and CPUs that exist.
 */
#include "trace_file.h"

#define PAGE_SIZE	(1ULL << NP_PAGE_SHIFT)
#define MAX_FOLIO	(1U << 20)	/* base pages; a 1 GiB page has 2^18 */
#define MAX_ID		0x7fffffffU	/* pid_t */
#define ALL_FLAGS	(NP_FAULT_WRITABLE | NP_FAULT_SHARED | NP_FAULT_HUGE | \
			 NP_FAULT_FIRST | NP_FAULT_PRIVATE | NP_FAULT_POLICY | \
			 NP_FAULT_LAZY)
#define ALL_STATES	(NP_STATE_TASK | NP_STATE_SHADOW | NP_STATE_EJECTED)

static bool node_or_none(const struct np_machine *m, int nid)
{
	return nid >= NP_NO_NODE && nid < m->nr_nodes;
}

static bool cpu_or_none(const struct np_machine *m, int cpu)
{
	return cpu >= NP_NO_CPU && cpu < m->nr_cpus;
}

static bool is_id(uint64_t id)
{
	return id && id <= MAX_ID;
}

static bool is_known(uint8_t type)
{
	return (type >= NP_REC_PAGE && type < NP_REC_END_DECISIONS) ||
	       (type >= NP_REC_FEED && type < NP_REC_END_FEED);
}

static const char *check_any(const struct np_machine *m,
			     const struct np_record *r)
{
	if (!is_known(r->type))
		return "unknown type";
	if (!is_id(r->pid) || !is_id(r->tid))
		return "process or thread id";
	if (r->verdict >= NP_NR_VERDICTS)
		return "unknown verdict";
	if (r->reason >= NP_NR_REASONS)
		return "unknown reason";
	if (r->state & ~ALL_STATES)
		return "unknown state";
	if (!node_or_none(m, r->src) || !node_or_none(m, r->dst) ||
	    !node_or_none(m, r->node) || !node_or_none(m, r->last_node))
		return "no such node";
	if (!cpu_or_none(m, r->last_cpu))
		return "no such CPU";
	return NULL;
}

/* A wish that the core refused may name any CPU. */
static const char *check_cpu(const struct np_machine *m,
			     const struct np_record *r)
{
	if (r->type == NP_REC_TASK || cpu_or_none(m, r->cpu))
		return NULL;
	return "no such CPU";
}

static const char *check_sample(const struct np_record *r)
{
	if (r->addr % PAGE_SIZE)
		return "address within a page";
	if (!r->pages || r->pages > MAX_FOLIO)
		return "number of pages";
	if (r->flags & ~ALL_FLAGS)
		return "unknown flags";
	if (r->cpu < 0 || r->node < 0)
		return "an access from nowhere";
	if ((r->last_cpu < 0) != (r->last_node < 0))
		return "half an access before";
	return NULL;
}

static const char *check_page(const struct np_record *r)
{
	if (r->src < 0)
		return "a page on no node";
	if ((r->flags & NP_FAULT_LAZY) && !(r->flags & NP_FAULT_POLICY))
		return "it follows no memory policy";
	if (r->value)
		return "value";
	return check_sample(r);
}

static const char *check_outcome(const struct np_record *r)
{
	return r->dst < 0 ? "a page on no node" : check_sample(r);
}

static const char *check_worked(const struct np_record *r)
{
	if (r->addr % PAGE_SIZE)
		return "address within a page";
	if (!r->pages || r->pages > MAX_FOLIO)
		return "number of pages";
	return r->src < 0 || r->dst < 0 ? "a page on no node" : NULL;
}

static const char *check_spec(const struct np_record *r)
{
	return r->pages % NP_SPEC_PIECE || r->pages >= NP_SPEC_LEN ?
		"place of a piece of a policy's name" : NULL;
}

static const char *check_fork(const struct np_record *r)
{
	return is_id(r->value) && r->value != r->pid ? NULL : "parent";
}

static const char *check_running(const struct np_record *r)
{
	if (r->cpu < 0)
		return "no such CPU";
	if (r->value && (!is_id(r->value >> 32) || !is_id((uint32_t)r->value)))
		return "process or thread id";
	return r->flags & ~(NP_RUNNING_IDLE | NP_RUNNING_MOVABLE |
			    NP_RUNNING_HOMELESS) ?
		"unknown flags" : NULL;
}

static const char *check_load(const struct np_record *r)
{
	if (r->dst < 0)
		return "no such node";
	return r->flags >= NP_LOAD_RECORDS ? "unknown flags" : NULL;
}

static const char *check_word(const struct np_record *r)
{
	if (r->dst < 0)
		return "no such node";
	return r->pages >= NP_NODE_SLOT / sizeof(u64) ? "word of a node" : NULL;
}

static const char *check_boolean(const struct np_record *r)
{
	return r->flags > 1 ? "unknown flags" : NULL;
}

static const char *check_plan(const struct np_record *r)
{
	if (r->flags && (r->flags < NP_MOVES_MIN_BITS ||
			 r->flags > NP_MOVES_MAX_BITS))
		return "size of the table of moves";
	return NULL;
}

static const char *check_by_type(const struct np_record *r)
{
	switch (r->type) {
	case NP_REC_PAGE:
		return check_page(r);
	case NP_REC_MOVED:
	case NP_REC_FAILED:
	case NP_REC_KEPT:
		return check_outcome(r);
	case NP_REC_WORKED:
		return check_worked(r);
	case NP_REC_PLAN:
		return check_plan(r);
	case NP_REC_SCANNED:
	case NP_REC_EXIT:
	case NP_REC_BOUND:
		return check_boolean(r);
	case NP_REC_MARKED:
		return r->value > UINT32_MAX ? "number of pages" : NULL;
	case NP_REC_SPEC:
		return check_spec(r);
	case NP_REC_ATTACH:
		return r->value & ~(uint64_t)NP_CAN_ALL ? "abilities" : NULL;
	case NP_REC_FORK:
		return check_fork(r);
	case NP_REC_RUNNING:
		return check_running(r);
	case NP_REC_LOAD:
		return check_load(r);
	case NP_REC_JOINED:
		return r->value > UINT32_MAX ? "id of a process" : NULL;
	case NP_REC_CAME:
		return r->src < 0 || r->dst < 0 ? "no such node" : NULL;
	case NP_REC_WORD:
		return check_word(r);
	}
	return NULL;
}

const char *trace_check(const struct np_machine *m, const struct np_record *r)
{
	const char *why = check_any(m, r);

	if (!why)
		why = check_cpu(m, r);
	return why ? why : check_by_type(r);
}

static const char *check_cpus(const struct np_machine *m)
{
	for (int cpu = 0; cpu < m->nr_cpus; cpu++)
		if (!node_or_none(m, m->cpu_node[cpu]))
			return "a CPU on a node that does not exist";
	return NULL;
}

const char *trace_check_machine(const struct np_machine *m)
{
	if (!m->nr_nodes || m->nr_nodes > NP_MAX_NODES)
		return "number of nodes";
	if (!m->nr_cpus || m->nr_cpus > TRACE_MAX_CPUS)
		return "number of CPUs";
	for (int nid = 0; nid < m->nr_nodes; nid++)
		if (m->node_flags[nid] & ~(NP_NODE_MEMORY | NP_NODE_CPU))
			return "unknown flags of a node";
	return check_cpus(m);
}
