// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: the ones every policy has, and "name:key=value[unit],..." texts.
 */
#include <numaplace/policy.h>

#include "internal.h"

const struct np_param np_core_params[NP_P_OWN] = {
	[NP_P_SCAN_DELAY] = {
		"scan_delay", "ms", 1000, 0, 3600000,
		"run time of a task before it is scanned",
		"start-up delay that kept short-lived tasks free of cost, 3.8",
	},
	[NP_P_SCAN_PERIOD] = {
		"scan_period", "ms", 1000, 10, 3600000,
		"shortest time from one scan window to the next",
		"mainline's numa_balancing_scan_period_min_ms",
	},
	[NP_P_SCAN_PERIOD_MAX] = {
		"scan_period_max", "ms", 10000, 10, 3600000,
		"longest such time, reached while everything is in place",
		"AutoNUMA's sleep between two passes",
	},
	[NP_P_SCAN_SIZE] = {
		"scan_size", "MiB", 256, 1, 1048576,
		"address space marked in one scan window",
		"constant-rate working-set sampling, November 2012",
	},
	[NP_P_SCAN_BUDGET] = {
		"scan_budget", "us", 1000, 10, 1000000,
		"longest time one scan call holds its task up",
		"numaplace: stalls of many ms are why balancing is switched off",
	},
	[NP_P_MIGRATE_LIMIT] = {
		"migrate_limit", "MiB/s", 0, 0, 1048576,
		"memory that may move to a node, 0 = as much as comes",
		"mainline has had no limit since 4.19",
	},
	[NP_P_BALANCE_PERIOD] = {
		"balance_period", "ms", 2000, 10, 3600000,
		"time between two rounds of balancing whole processes",
		"sched/numa's numa_balance_interval",
	},
	[NP_P_HOME_ALLOC] = {
		"home_alloc", "no|yes", 0, 0, 1,
		"take new pages from the home node, wherever the task runs",
		"sched/numa did, AutoNUMA and mainline do not",
	},
	[NP_P_HOME_WAKE] = {
		"home_wake", "no|yes", 0, 0, 1,
		"wake up on the home node if a CPU is idle there",
		"NUMA_TTWU_BIAS of numa/core: off, as \"far too aggressive\"",
	},
	[NP_P_HOME_PULL] = {
		"home_pull", "no|yes", 0, 0, 1,
		"bring threads back to their home node, to an idle CPU or by a trade",
		"NUMA_PULL and NUMA_PULL_BIAS of numa/core",
	},
	[NP_P_HOLD] = {
		"hold", "times", 0, 0, 15,
		"a page or thread that came back so often, within 8 passes each, stays; 0 = only count",
		"numaplace: nobody held them in 2012",
	},
};

/* As the policy restates it, or as it is. */
static const struct np_param *core_param(const struct np_policy_ops *ops,
					 unsigned int i)
{
	unsigned int k;

	for (k = 0; k < ops->nr_core; k++)
		if (!strcmp(ops->core[k].key, np_core_params[i].key))
			return &ops->core[k];
	return &np_core_params[i];
}

const struct np_param *np_param_at(const struct np_policy_ops *ops,
				   unsigned int i)
{
	if (i < NP_P_OWN)
		return core_param(ops, i);
	i -= NP_P_OWN;
	return i < ops->nr_params ? &ops->params[i] : NULL;
}

static bool same(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(text, word, len);
}

static size_t span(const char *text, char stop)
{
	size_t n = 0;

	while (text[n] && text[n] != stop)
		n++;
	return n;
}

static int find_key(const struct np_policy_ops *ops, const char *key,
		    size_t len)
{
	const struct np_param *p;
	int i;

	for (i = 0; (p = np_param_at(ops, i)); i++)
		if (same(key, len, p->key))
			return i;
	return -ENOENT;
}

/* Decimal digits at @text: returns how many. -ERANGE in @err if too large. */
static size_t parse_digits(const char *text, size_t len, s64 *ret_value,
			   int *err)
{
	s64 v = 0;
	size_t i;

	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		int digit = text[i] - '0';

		if (v > (S64_MAX - digit) / 10)
			*err = -ERANGE;
		else
			v = v * 10 + digit;
	}
	*ret_value = v;
	return i;
}

static size_t parse_number(const char *text, size_t len, s64 *ret_value,
			   int *err)
{
	bool minus = len && text[0] == '-';
	size_t used = parse_digits(text + minus, len - minus, ret_value, err);

	if (!used)
		return 0;
	if (minus)
		*ret_value = -*ret_value;
	return used + minus;
}

/* Is the value written as one of the names "this|that"? */
static bool parse_name(const struct np_param *p, const char *text, size_t len,
		       s64 *ret_value)
{
	const char *name = p->unit;
	size_t n = span(name, '|');

	if (!name[n])
		return false;
	for (*ret_value = p->min; ; ++*ret_value) {
		if (n == len && !memcmp(text, name, len))
			return true;
		if (!name[n])
			return false;
		name += n + 1;
		n = span(name, '|');
	}
}

static int parse_value(const struct np_param *p, const char *text, size_t len,
		       s64 *ret_value, const char **why)
{
	int err = 0;
	size_t used;

	if (parse_name(p, text, len, ret_value))
		return 0;
	used = parse_number(text, len, ret_value, &err);
	if (!used) {
		*why = "a parameter's value is not a whole number";
		return -EINVAL;
	}
	if (used < len && !same(text + used, len - used, p->unit)) {
		*why = "a parameter's value has the wrong unit";
		return -EINVAL;
	}
	if (err || *ret_value < p->min || *ret_value > p->max) {
		*why = "a parameter's value is out of range";
		return -ERANGE;
	}
	return 0;
}

/* One "key=value" of @len bytes. */
static int parse_one(struct np_instance *inst, const char *text, size_t len,
		     const char **why)
{
	size_t key = span(text, '=');
	int i;

	if (key >= len) {
		*why = "parameters are written key=value";
		return -EINVAL;
	}
	i = find_key(inst->ops, text, key);
	if (i < 0) {
		*why = "the policy has no parameter of that name";
		return -EINVAL;
	}
	return parse_value(np_param_at(inst->ops, i), text + key + 1,
			   len - key - 1, &inst->param[i], why);
}

static int parse_params(struct np_instance *inst, const char *text,
			const char **why)
{
	for (;;) {
		size_t len = span(text, ',');
		int err = parse_one(inst, text, len, why);

		if (err)
			return err;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

static void set_defaults(struct np_instance *inst)
{
	const struct np_param *p;
	int i;

	for (i = 0; (p = np_param_at(inst->ops, i)); i++)
		inst->param[i] = p->def;
}

/* ns that MiB/s pages of a base page each take. */
#define NS_PER_PAGE_MIB	(1000000000 >> (20 - NP_PAGE_SHIFT))

static void set_pace(struct np_instance *inst)
{
	s64 limit = inst->param[NP_P_MIGRATE_LIMIT];

	if (limit)
		inst->page_ns = np_div64(NS_PER_PAGE_MIB, limit) + 1;
}

static int check_together(const struct np_instance *inst, const char **why)
{
	if (inst->param[NP_P_SCAN_PERIOD] <= inst->param[NP_P_SCAN_PERIOD_MAX])
		return 0;
	*why = "scan_period is longer than scan_period_max";
	return -ERANGE;
}

static const struct np_policy_ops *find_policy(const char *spec, size_t len)
{
	char name[NP_NAME_LEN];

	if (len >= sizeof(name))
		return NULL;
	memcpy(name, spec, len);
	name[len] = '\0';
	return np_find(name);
}

int np_instance_init(struct np_instance *inst, const char *spec,
		     const char **why)
{
	size_t len = span(spec, ':'), whole = strlen(spec);
	const char *unused;
	int err = 0;

	why = why ? why : &unused;
	if (whole >= NP_SPEC_LEN) {
		*why = "the policy text is too long";
		return -EINVAL;
	}
	memset(inst, 0, sizeof(*inst));
	inst->ops = find_policy(spec, len);
	if (!inst->ops) {
		*why = "no policy of that name; see `numaplace policies`";
		return -ENOENT;
	}
	set_defaults(inst);
	memcpy(inst->spec, spec, whole + 1);
	if (spec[len])
		err = parse_params(inst, spec + len + 1, why);
	if (!err)
		set_pace(inst);
	return err ? err : check_together(inst, why);
}
