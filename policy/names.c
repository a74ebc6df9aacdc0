// SPDX-License-Identifier: GPL-2.0
/* Names of reasons, counters and verdicts, from their one definition each. */
#include <numaplace/policy.h>

static const char *const reason_names[] = {
#define X(name, str, text) str,
	NP_REASONS(X)
#undef X
};

static const char *const reason_texts[] = {
#define X(name, str, text) text,
	NP_REASONS(X)
#undef X
};

static const char *const counter_names[] = {
#define X(name, str, unit, when) str,
	NP_COUNTERS(X)
#undef X
};

static const char *const counter_units[] = {
#define X(name, str, unit, when) unit,
	NP_COUNTERS(X)
#undef X
};

static const char *const counter_texts[] = {
#define X(name, str, unit, when) when,
	NP_COUNTERS(X)
#undef X
};

static const char *const verdict_names[NP_NR_VERDICTS] = {
	[NP_STAY] = "stay",
	[NP_MOVE] = "move",
	[NP_QUEUE] = "queue",
	[NP_SHADOW] = "shadow",
	[NP_REFUSED] = "refused",
};

static const char *pick(const char *const *names, unsigned int nr,
			unsigned int i)
{
	return i < nr ? names[i] : "?";
}

const char *np_reason_name(unsigned int reason)
{
	return pick(reason_names, NP_NR_REASONS, reason);
}

const char *np_reason_text(unsigned int reason)
{
	return pick(reason_texts, NP_NR_REASONS, reason);
}

const char *np_counter_name(unsigned int counter)
{
	return pick(counter_names, NP_NR_COUNTERS, counter);
}

const char *np_counter_unit(unsigned int counter)
{
	return pick(counter_units, NP_NR_COUNTERS, counter);
}

const char *np_counter_text(unsigned int counter)
{
	return pick(counter_texts, NP_NR_COUNTERS, counter);
}

const char *np_verdict_name(unsigned int verdict)
{
	return pick(verdict_names, NP_NR_VERDICTS, verdict);
}
