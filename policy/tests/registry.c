// SPDX-License-Identifier: GPL-2.0
/* The registry: what is let in, what is turned away and why, what stays. */
#include <stdio.h>

#include "common.h"

#define OWN_MAX (NP_MAX_PARAMS - NP_P_OWN)

static int empty_registry(void **state)
{
	(void)state;
	np_unregister_all();
	return 0;
}

static struct np_policy_ops candidate(void)
{
	return (struct np_policy_ops){
		.name = "candidate",
		.summary = "a policy that asks to be let in",
	};
}

static struct np_param good_param(void)
{
	return (struct np_param){ "knob", "ms", 1, 0, 2, "text", "source" };
}

/* Refused, with a line of text, and the registry is as empty as before. */
static void assert_refused(const struct np_policy_ops *ops, u32 can, int err)
{
	const char *why = NULL;

	assert_int_equal(np_register(ops, can, &why), err);
	assert_one_line(why);
	assert_null(np_policy_at(0));
}

static void assert_invalid(const struct np_policy_ops *ops)
{
	assert_refused(ops, NP_CAN_ALL, -EINVAL);
}

static void assert_accepted(const struct np_policy_ops *ops)
{
	assert_int_equal(np_register(ops, NP_CAN_ALL, NULL), 0);
	assert_ptr_equal(np_find(ops->name), ops);
	assert_int_equal(np_unregister(ops), 0);
	assert_null(np_find(ops->name));
}

/* ------------------------------------------------------------ both ends */

static void the_required_members_suffice(void **state)
{
	(void)state;
	assert_int_equal(np_register(&np_test_minimal, 0, NULL), 0);
	assert_ptr_equal(np_find("minimal"), &np_test_minimal);
}

static void every_verb_and_every_need_is_accepted(void **state)
{
	(void)state;
	assert_int_equal(np_register(&np_test_maximal_all, NP_CAN_ALL, NULL), 0);
	assert_ptr_equal(np_find("maximal_all"), &np_test_maximal_all);
}

static void a_home_with_statistics_alone_takes_maximal(void **state)
{
	u32 can = NP_CAN_TASK_STATS | NP_CAN_PROC_STATS;

	(void)state;
	assert_int_equal(np_register(&np_test_maximal, can, NULL), 0);
}

static void a_refusal_may_go_unexplained(void **state)
{
	struct np_policy_ops ops = { 0 };

	(void)state;
	assert_int_equal(np_register(&ops, NP_CAN_ALL, NULL), -EINVAL);
}

/* ----------------------------------------------------------------- names */

static void assert_name(const char *name, bool good)
{
	struct np_policy_ops ops = candidate();

	ops.name = name;
	if (good)
		assert_accepted(&ops);
	else
		assert_invalid(&ops);
}

static void a_missing_name_is_refused(void **state)
{
	(void)state;
	assert_name(NULL, false);
	assert_name("", false);
}

static void exactly_the_allowed_characters_are_accepted(void **state)
{
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		char name[] = { 'a', c, 'z', '\0' };

		assert_name(name, (c >= 'a' && c <= 'z') ||
				  (c >= '0' && c <= '9') || c == '_');
	}
}

static void a_bad_first_or_last_character_is_noticed(void **state)
{
	(void)state;
	assert_name("Name", false);
	assert_name("namE", false);
	assert_name("-", false);
}

static void fifteen_characters_are_the_longest_name(void **state)
{
	(void)state;
	assert_name("abcdefghijklmno", true);
	assert_name("abcdefghijklmnop", false);
	assert_name("abcdefghijklmnopqrstuvwxyz", false);
}

static void a_missing_summary_is_refused(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.summary = NULL;
	assert_invalid(&ops);
	ops.summary = "";
	assert_invalid(&ops);
}

static void a_name_is_taken_once(void **state)
{
	struct np_policy_ops first = candidate(), second = candidate();
	const char *why = NULL;

	(void)state;
	assert_int_equal(np_register(&first, NP_CAN_ALL, NULL), 0);
	assert_int_equal(np_register(&second, NP_CAN_ALL, &why), -EEXIST);
	assert_one_line(why);
	assert_int_equal(np_register(&first, NP_CAN_ALL, &why), -EEXIST);
	assert_ptr_equal(np_find("candidate"), &first);
	assert_null(np_policy_at(1));
}

static void a_builtin_name_is_taken(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	ops.name = "stock";
	assert_int_equal(np_register(&ops, NP_CAN_ALL, NULL), -EEXIST);
}

/* ------------------------------------------------------- flags and needs */

static void every_unknown_flag_is_refused(void **state)
{
	struct np_policy_ops ops = candidate();
	int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		ops.flags = 1U << bit;
		if (ops.flags == NP_POLICY_STOCK)
			assert_accepted(&ops);
		else
			assert_invalid(&ops);
	}
}

static void every_unknown_need_is_refused(void **state)
{
	struct np_policy_ops ops = candidate();
	int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		ops.need = 1U << bit;
		if (!(ops.need & NP_CAN_ALL))
			assert_refused(&ops, ~0U, -EINVAL);
	}
}

/*
 * Needs come one by one; balance is only consistent with its verb, and groups
 * with what they count.
 */
static struct np_policy_ops needing(u32 need)
{
	struct np_policy_ops ops = candidate();

	ops.need = need;
	if (need & NP_CAN_GROUPS)
		ops.need |= NP_CAN_PROC_STATS;
	if (need & NP_CAN_BALANCE)
		ops.balance = np_test_maximal_all.balance;
	return ops;
}

static void each_need_is_refused_by_a_home_without_it(void **state)
{
	u32 need;

	(void)state;
	for (need = 1; need <= NP_CAN_ALL; need <<= 1) {
		struct np_policy_ops ops = needing(need);

		assert_refused(&ops, NP_CAN_ALL & ~need, -EOPNOTSUPP);
		assert_refused(&ops, 0, -EOPNOTSUPP);
		assert_int_equal(np_register(&ops, ops.need, NULL), 0);
		assert_int_equal(np_unregister(&ops), 0);
	}
}

static void groups_have_statistics(void **state)
{
	struct np_policy_ops ops = needing(NP_CAN_GROUPS);

	(void)state;
	assert_accepted(&ops);
	ops.need = NP_CAN_GROUPS;
	assert_invalid(&ops);
}

static void one_missing_ability_of_many_is_enough(void **state)
{
	(void)state;
	assert_refused(&np_test_maximal_all, NP_CAN_ALL & ~NP_CAN_SWAP,
		       -EOPNOTSUPP);
}

/* Sets verb number @i, in the order of struct np_policy_ops. */
static struct np_policy_ops with_verb(unsigned int i)
{
	struct np_policy_ops ops = candidate();
	size_t at = i * sizeof(void *);

	memcpy((char *)&ops + at, (const char *)&np_test_maximal_all + at,
	       sizeof(void *));
	ops.need = NP_CAN_GROUPS | NP_CAN_PROC_STATS;
	if (ops.balance)
		ops.need |= NP_CAN_BALANCE;
	return ops;
}

static void stock_with_any_verb_is_a_contradiction(void **state)
{
	unsigned int i, verbs = offsetof(struct np_policy_ops, name) /
				sizeof(void *);

	(void)state;
	assert_int_equal(verbs, 13);
	for (i = 0; i < verbs; i++) {
		struct np_policy_ops ops = with_verb(i);

		assert_accepted(&ops);
		ops.flags = NP_POLICY_STOCK;
		assert_invalid(&ops);
	}
}

static void balance_goes_with_its_ability_only(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.need = NP_CAN_BALANCE;
	assert_invalid(&ops);
	ops.need = 0;
	ops.balance = np_test_maximal_all.balance;
	assert_invalid(&ops);
	ops.need = NP_CAN_BALANCE;
	assert_accepted(&ops);
}

static void group_verbs_go_with_their_ability_only(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.group_join = np_test_maximal_all.group_join;
	assert_invalid(&ops);
	ops.group_join = NULL;
	ops.group_leave = np_test_maximal_all.group_leave;
	assert_invalid(&ops);
	ops.need = NP_CAN_GROUPS | NP_CAN_PROC_STATS;
	assert_accepted(&ops);
}

/* ----------------------------------------------------------------- slots */

static void full_slots_are_accepted(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.task_size = NP_TASK_SLOT;
	ops.proc_size = NP_PROC_SLOT;
	ops.node_size = NP_NODE_SLOT;
	assert_accepted(&ops);
}

static void one_byte_too_much_state_is_refused(void **state)
{
	struct np_policy_ops task = candidate(), proc = task, node = task;

	(void)state;
	task.task_size = NP_TASK_SLOT + 1;
	assert_invalid(&task);
	proc.proc_size = NP_PROC_SLOT + 1;
	assert_invalid(&proc);
	node.node_size = NP_NODE_SLOT + 1;
	assert_invalid(&node);
}

/* ------------------------------------------------------------ parameters */

static void assert_param(const struct np_param *p, bool good)
{
	struct np_policy_ops ops = candidate();

	ops.params = p;
	ops.nr_params = 1;
	if (good)
		assert_accepted(&ops);
	else
		assert_invalid(&ops);
}

static void an_incomplete_parameter_is_refused(void **state)
{
	struct np_param good = good_param(), p;

	(void)state;
	assert_param(&good, true);
	p = good, p.key = NULL;
	assert_param(&p, false);
	p = good, p.unit = NULL;
	assert_param(&p, false);
	p = good, p.text = NULL;
	assert_param(&p, false);
	p = good, p.source = NULL;
	assert_param(&p, false);
}

static void a_parameter_may_have_no_unit(void **state)
{
	struct np_param p = good_param();

	(void)state;
	p.unit = "";
	assert_param(&p, true);
}

/* What the grammar "name:key=value,..." needs to stay readable. */
static void a_key_with_bad_characters_is_refused(void **state)
{
	static const char *const keys[] = {
		"", "a=b", "a,b", "a:b", "a b", "A", "a-b", "\xc3\xa4",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		struct np_param p = good_param();

		p.key = keys[i];
		assert_param(&p, false);
	}
}

static void a_default_out_of_its_range_is_refused(void **state)
{
	struct np_param p = good_param();

	(void)state;
	p.def = p.max + 1;
	assert_param(&p, false);
	p.def = p.min - 1;
	assert_param(&p, false);
	p.def = p.max;
	assert_param(&p, true);
	p.def = p.min;
	assert_param(&p, true);
}

static void a_range_without_values_is_refused(void **state)
{
	struct np_param p = good_param();

	(void)state;
	p.min = 3;
	assert_param(&p, false);
	p.def = p.min = p.max = -1;
	assert_param(&p, true);
}

static void a_key_is_there_once(void **state)
{
	struct np_param twice[] = { good_param(), good_param(), good_param() };
	struct np_policy_ops ops = candidate();

	(void)state;
	twice[1].key = "other";
	ops.params = twice;
	ops.nr_params = 3;
	assert_invalid(&ops);
	ops.nr_params = 2;
	assert_accepted(&ops);
}

static void a_core_parameter_cannot_be_redefined(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < NP_P_OWN; i++) {
		struct np_param p = good_param();

		p.key = np_core_params[i].key;
		assert_param(&p, false);
	}
}

static void a_count_without_a_table_is_refused(void **state)
{
	struct np_policy_ops params = candidate(), core = params;

	(void)state;
	params.nr_params = 1;
	assert_invalid(&params);
	core.nr_core = 1;
	assert_invalid(&core);
}

/* It may be restated, by its name, once. */
static void a_restated_parameter_must_be_a_core_one(void **state)
{
	struct np_param twice[] = { np_core_params[0], np_core_params[0] };
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.core = twice;
	ops.nr_core = 1;
	assert_accepted(&ops);
	ops.nr_core = 2;
	assert_invalid(&ops);
	twice[1] = good_param();
	assert_invalid(&ops);
	ops.nr_core = 1;
	twice[0].def = twice[0].max + 1;
	assert_invalid(&ops);
}

/* @nr distinct parameters. */
static const struct np_param *many_params(unsigned int nr)
{
	static struct np_param params[OWN_MAX + 1];
	static char keys[OWN_MAX + 1][NP_NAME_LEN];
	unsigned int i;

	assert_true(nr <= ARRAY_SIZE(params));
	for (i = 0; i < nr; i++) {
		params[i] = good_param();
		snprintf(keys[i], sizeof(keys[i]), "k%u", i);
		params[i].key = keys[i];
	}
	return params;
}

static void as_many_parameters_as_fit_are_accepted(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.params = many_params(OWN_MAX);
	ops.nr_params = OWN_MAX;
	assert_accepted(&ops);
}

static void one_parameter_too_many_is_refused(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	ops.params = many_params(OWN_MAX + 1);
	ops.nr_params = OWN_MAX + 1;
	assert_invalid(&ops);
	ops.nr_params = 65535;
	assert_invalid(&ops);
}

static void parameters_are_listed_core_first(void **state)
{
	struct np_policy_ops ops = candidate();
	int i;

	(void)state;
	ops.params = many_params(OWN_MAX);
	ops.nr_params = OWN_MAX;
	for (i = 0; i < NP_P_OWN; i++)
		assert_ptr_equal(np_param_at(&ops, i), &np_core_params[i]);
	assert_ptr_equal(np_param_at(&ops, NP_P_OWN), &ops.params[0]);
	assert_ptr_equal(np_param_at(&ops, NP_MAX_PARAMS - 1),
			 &ops.params[OWN_MAX - 1]);
	assert_null(np_param_at(&ops, NP_MAX_PARAMS));
	assert_null(np_param_at(&ops, ~0U));
}

/* -------------------------------------------------------------- the table */

static struct np_policy_ops crowd[NP_MAX_POLICIES + 1];
static char crowd_names[NP_MAX_POLICIES + 1][NP_NAME_LEN];

static const struct np_policy_ops *member(unsigned int i)
{
	snprintf(crowd_names[i], NP_NAME_LEN, "p%u", i);
	crowd[i] = candidate();
	crowd[i].name = crowd_names[i];
	return &crowd[i];
}

static void fill_table(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		assert_int_equal(np_register(member(i), NP_CAN_ALL, NULL), 0);
}

static void a_full_table_says_so(void **state)
{
	const char *why = NULL;

	(void)state;
	fill_table(NP_MAX_POLICIES);
	assert_int_equal(np_register(member(NP_MAX_POLICIES), NP_CAN_ALL, &why),
			 -ENOSPC);
	assert_one_line(why);
	assert_null(np_policy_at(NP_MAX_POLICIES));
}

static void leaving_makes_room(void **state)
{
	(void)state;
	fill_table(NP_MAX_POLICIES);
	assert_int_equal(np_unregister(&crowd[3]), 0);
	assert_int_equal(np_register(member(NP_MAX_POLICIES), NP_CAN_ALL, NULL),
			 0);
	assert_non_null(np_find(crowd[NP_MAX_POLICIES].name));
}

static void assert_table(const unsigned int *members, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		assert_ptr_equal(np_policy_at(i), &crowd[members[i]]);
	assert_null(np_policy_at(nr));
}

static void policies_are_listed_in_the_order_they_came(void **state)
{
	(void)state;
	fill_table(4);
	assert_table((unsigned int[]){ 0, 1, 2, 3 }, 4);
	assert_null(np_policy_at(~0U));
}

static void the_others_stay_when_one_leaves(void **state)
{
	(void)state;
	fill_table(5);
	assert_int_equal(np_unregister(&crowd[2]), 0);
	assert_table((unsigned int[]){ 0, 1, 3, 4 }, 4);
	assert_int_equal(np_unregister(&crowd[0]), 0);
	assert_table((unsigned int[]){ 1, 3, 4 }, 3);
	assert_int_equal(np_unregister(&crowd[4]), 0);
	assert_table((unsigned int[]){ 1, 3 }, 2);
}

static void names_are_found_whole_only(void **state)
{
	(void)state;
	fill_table(2);
	assert_ptr_equal(np_find("p1"), &crowd[1]);
	assert_null(np_find("p"));
	assert_null(np_find("p11"));
	assert_null(np_find(""));
	assert_null(np_find("P1"));
}

static void leaving_twice_or_uninvited_is_an_error(void **state)
{
	struct np_policy_ops same_name = candidate(), ops = candidate();

	(void)state;
	assert_int_equal(np_unregister(&ops), -ENOENT);
	assert_int_equal(np_register(&ops, NP_CAN_ALL, NULL), 0);
	assert_int_equal(np_unregister(&same_name), -ENOENT);
	assert_int_equal(np_unregister(&ops), 0);
	assert_int_equal(np_unregister(&ops), -ENOENT);
}

static void coming_and_going_leaves_no_trace(void **state)
{
	int i;

	(void)state;
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	for (i = 0; i < 1000; i++) {
		assert_accepted(&np_test_minimal);
		assert_accepted(&np_test_rogue);
	}
	assert_non_null(np_find("stock"));
}

/* --------------------------------------------------------------- built in */

static const struct np_policy_ops *const builtins[] = {
	&np_stock, &np_none, &np_moron,
};

static void stock_comes_first(void **state)
{
	(void)state;
	assert_int_equal(np_register_builtin(0, NULL), 0);
	assert_ptr_equal(np_policy_at(0), &np_stock);
}

static void builtins_cannot_be_removed(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(builtins); i++) {
		assert_int_equal(np_unregister(builtins[i]), -EBUSY);
		assert_ptr_equal(np_find(builtins[i]->name), builtins[i]);
	}
}

static void builtins_need_nothing_of_their_home(void **state)
{
	const char *why = NULL;
	size_t i;

	(void)state;
	assert_int_equal(np_register_builtin(0, &why), 0);
	for (i = 0; i < ARRAY_SIZE(builtins); i++)
		assert_ptr_equal(np_find(builtins[i]->name), builtins[i]);
}

static void the_end_of_a_home_empties_the_table(void **state)
{
	(void)state;
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	np_unregister_all();
	assert_null(np_policy_at(0));
	assert_null(np_find("stock"));
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
}

/*
 * A failed start is undone, but only what it did: the policies of others are
 * not its own, and `stock` never goes away.
 */
static void a_failed_second_start_removes_nothing(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_int_equal(np_register_builtin(NP_CAN_ALL, NULL), 0);
	assert_int_equal(np_register(&np_test_minimal, 0, NULL), 0);
	assert_int_equal(np_register_builtin(NP_CAN_ALL, &why), -EEXIST);
	assert_one_line(why);
	assert_ptr_equal(np_find("stock"), &np_stock);
	assert_ptr_equal(np_find("minimal"), &np_test_minimal);
}

static void assert_start_is_undone(int err)
{
	const struct np_policy_ops *before[NP_MAX_POLICIES + 1] = { NULL };
	const char *why = NULL;
	unsigned int i;

	for (i = 0; i < NP_MAX_POLICIES; i++)
		before[i] = np_policy_at(i);
	assert_int_equal(np_register_builtin(NP_CAN_ALL, &why), err);
	assert_one_line(why);
	for (i = 0; i <= NP_MAX_POLICIES; i++)
		assert_ptr_equal(np_policy_at(i), before[i]);
}

/* The first built-in policies fit, the later ones do not. */
static void a_start_that_fails_halfway_is_undone(void **state)
{
	struct np_policy_ops ops = candidate();

	(void)state;
	fill_table(NP_MAX_POLICIES - 1);
	assert_start_is_undone(-ENOSPC);
	np_unregister_all();
	ops.name = "moron";
	assert_int_equal(np_register(&ops, NP_CAN_ALL, NULL), 0);
	assert_start_is_undone(-EEXIST);
}

#define T(name) cmocka_unit_test_setup(name, empty_registry)

int main(void)
{
	const struct CMUnitTest registry[] = {
		T(the_required_members_suffice),
		T(every_verb_and_every_need_is_accepted),
		T(a_home_with_statistics_alone_takes_maximal),
		T(a_refusal_may_go_unexplained),
		T(a_missing_name_is_refused),
		T(exactly_the_allowed_characters_are_accepted),
		T(a_bad_first_or_last_character_is_noticed),
		T(fifteen_characters_are_the_longest_name),
		T(a_missing_summary_is_refused),
		T(a_name_is_taken_once),
		T(a_builtin_name_is_taken),
		T(every_unknown_flag_is_refused),
		T(every_unknown_need_is_refused),
		T(each_need_is_refused_by_a_home_without_it),
		T(groups_have_statistics),
		T(one_missing_ability_of_many_is_enough),
		T(stock_with_any_verb_is_a_contradiction),
		T(balance_goes_with_its_ability_only),
		T(group_verbs_go_with_their_ability_only),
		T(full_slots_are_accepted),
		T(one_byte_too_much_state_is_refused),
		T(an_incomplete_parameter_is_refused),
		T(a_parameter_may_have_no_unit),
		T(a_key_with_bad_characters_is_refused),
		T(a_default_out_of_its_range_is_refused),
		T(a_range_without_values_is_refused),
		T(a_key_is_there_once),
		T(a_core_parameter_cannot_be_redefined),
		T(a_count_without_a_table_is_refused),
		T(a_restated_parameter_must_be_a_core_one),
		T(as_many_parameters_as_fit_are_accepted),
		T(one_parameter_too_many_is_refused),
		T(parameters_are_listed_core_first),
		T(a_full_table_says_so),
		T(leaving_makes_room),
		T(policies_are_listed_in_the_order_they_came),
		T(the_others_stay_when_one_leaves),
		T(names_are_found_whole_only),
		T(leaving_twice_or_uninvited_is_an_error),
		T(coming_and_going_leaves_no_trace),
		T(stock_comes_first),
		T(builtins_cannot_be_removed),
		T(builtins_need_nothing_of_their_home),
		T(the_end_of_a_home_empties_the_table),
		T(a_failed_second_start_removes_nothing),
		T(a_start_that_fails_halfway_is_undone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(registry, NULL, NULL);
}
