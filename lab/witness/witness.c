// SPDX-License-Identifier: GPL-2.0
/*
 * The witness: a QEMU plugin that counts, from outside the guest, every load
 * and store of its user programs by the node of the CPU and the node of the
 * page, and the instructions executed by user programs and by the kernel.
 *
 *	-plugin witness.so,cpus=2:2,memory=1024:1024,out=FILE
 *
 * Instructions are counted when a translated block begins: a block left early
 * by a fault is counted whole. Accesses are counted as they are made.
 */
#include <stdio.h>
#include <string.h>

#include "calibrate.h"
#include "counters.h"
#include "host.h"
#include "machine.h"
#include "map.h"
#include "protocol.h"
#include "qemu_api.h"
#include "recorder.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

NP_QEMU_EXPORT int qemu_plugin_version = NP_QEMU_PLUGIN_VERSION;

struct np_counters np_counters[NP_MAX_VCPUS];
static struct np_machine machine;
static struct np_map map;
static struct np_host_map host;

static void finish_calibration(void)
{
	const char *why = np_calibrate_done();

	if (why) {
		np_recorder_refuse(why);
		return;
	}
	map = *np_calibrated_map();
	np_host_learn(&host, &map, &machine);
	np_recorder_calibrated(map.name, np_calibrated_samples(), host.usable);
}

static void begin_calibration(void)
{
	np_calibrate_begin();
	np_recorder_uncalibrated();
}

static void obey(unsigned int vcpu, unsigned int command, unsigned long arg)
{
	switch (command) {
	case NP_WITNESS_START:
		np_recorder_start(arg);
		break;
	case NP_WITNESS_STOP:
		np_recorder_stop(arg);
		break;
	case NP_WITNESS_CAL_BEGIN:
		begin_calibration();
		break;
	case NP_WITNESS_CAL_CPU:
		np_calibrate_cpu(vcpu, arg);
		break;
	case NP_WITNESS_CAL_NODE:
		np_calibrate_node(arg);
		break;
	case NP_WITNESS_CAL_MIB:
		np_calibrate_mib(arg);
		break;
	case NP_WITNESS_CAL_DONE:
		finish_calibration();
		break;
	}
}

/* Sees a page by both ways; what is not memory is not a sample. */
static void sample(qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	struct qemu_plugin_hwaddr *hw = qemu_plugin_get_hwaddr(info, vaddr);

	if (hw && !qemu_plugin_hwaddr_is_io(hw))
		np_calibrate_sample(qemu_plugin_hwaddr_phys_addr(hw),
				    ((struct np_hwaddr *)hw)->ram);
}

static __attribute__((noinline, cold))
void message(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	uint64_t offset = vaddr - NP_WITNESS_BASE;

	if (vaddr < NP_WITNESS_SAMPLES)
		obey(vcpu, offset >> NP_WITNESS_WINDOW_BITS,
		     (offset & (NP_WITNESS_WINDOW - 1)) / 8);
	else
		sample(info, vaddr);
}

/* By the address that QEMU reports, the way plugins are meant to go. */
static __attribute__((noinline))
unsigned int node_by_address(const struct qemu_plugin_hwaddr *hw)
{
	if (qemu_plugin_hwaddr_is_io(hw))
		return NP_NO_NODE;
	return np_map_node(&map, qemu_plugin_hwaddr_phys_addr(hw));
}

static unsigned int node_of(struct np_counters *c,
			    const struct qemu_plugin_hwaddr *hw)
{
	const struct np_hwaddr *h = (const struct np_hwaddr *)hw;
	unsigned int node;

	if (unlikely(!hw))
		return NP_UNKNOWN;
	if (likely(host.usable && !h->is_io))
		node = np_host_node(&host, h->ram, c->last_node);
	else
		node = node_by_address(hw);
	if (unlikely(node == NP_NO_NODE))
		return NP_UNKNOWN;
	c->last_node = node;
	return node;
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info,
		      uint64_t vaddr, void *unused)
{
	struct np_counters *c = &np_counters[vcpu];

	(void)unused;
	if (unlikely(vaddr - NP_WITNESS_BASE < NP_WITNESS_END - NP_WITNESS_BASE)) {
		message(vcpu, info, vaddr);
		return;
	}
	if (!__atomic_load_n(&np_recording, __ATOMIC_RELAXED))
		return;
	np_count(&c->access[node_of(c, qemu_plugin_get_hwaddr(info, vaddr))], 1);
}

static void on_user_block(unsigned int vcpu, void *insns)
{
	np_count(&np_counters[vcpu].user_insns, (uintptr_t)insns);
}

static void on_kernel_block(unsigned int vcpu, void *insns)
{
	np_count(&np_counters[vcpu].kernel_insns, (uintptr_t)insns);
}

/* x86-64 Linux keeps the upper half of the address space to itself. */
static bool is_kernel(uint64_t vaddr)
{
	return vaddr >> 63;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	bool kernel = is_kernel(qemu_plugin_tb_vaddr(tb));

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, kernel ? on_kernel_block :
					     on_user_block,
					     QEMU_PLUGIN_CB_NO_REGS, (void *)n);
	if (kernel)
		return;
	for (size_t i = 0; i < n; i++)
		qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i),
						 on_access,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
}

static void on_exit(qemu_plugin_id_t id, void *unused)
{
	(void)id;
	(void)unused;
	np_recorder_exit();
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "witness: %s: %s\n", what, why);
	return -1;
}

struct arguments {
	const char *cpus;
	const char *memory;
	const char *out;
};

static int take_argument(struct arguments *args, const char *arg)
{
	const char *value = strchr(arg, '=');
	size_t n = value ? (size_t)(value - arg) : 0;

	if (n == strlen("cpus") && !strncmp(arg, "cpus", n))
		args->cpus = value + 1;
	else if (n == strlen("memory") && !strncmp(arg, "memory", n))
		args->memory = value + 1;
	else if (n == strlen("out") && !strncmp(arg, "out", n))
		args->out = value + 1;
	else
		return complain(arg, "no such argument");
	return 0;
}

static int set_up(const struct arguments *args, const qemu_info_t *info)
{
	const char *why;

	if (!args->cpus || !args->memory || !args->out)
		return complain("arguments", "cpus=, memory= and out= are needed");
	why = np_machine_parse(&machine, args->cpus, args->memory);
	if (why)
		return complain("arguments", why);
	if (!info->system_emulation ||
	    info->system.max_vcpus != machine.nr_vcpus)
		return complain("cpus=", "does not add up to QEMU's CPUs");
	if (np_calibrate_init(&machine))
		return complain("start", "no memory");
	why = np_recorder_init(&machine, args->out);
	return why ? complain(args->out, why) : 0;
}

NP_QEMU_EXPORT
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
			int argc, char **argv)
{
	struct arguments args = { 0 };

	for (int i = 0; i < argc; i++)
		if (take_argument(&args, argv[i]))
			return -1;
	if (set_up(&args, info))
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit, NULL);
	return 0;
}
