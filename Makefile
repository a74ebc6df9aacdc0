# SPDX-License-Identifier: GPL-2.0
# numaplace: placement policies for stock NUMA kernels
#
#   make             build everything that needs no kernel, and the module for
#                    each kernel in build/kernels/
#   make demo        install what is needed, build, and run the main job
#   make test        unit tests and lab tests (KERNEL=6.1: the module on that one)
#   make test-debug  the module's lab tests on a kernel full of checks
#   make golden      what the simulator says now is right (sim/tests/golden/)
#   make fuzz        look for input that parsers cannot take (needs clang)
#   make bench       the measurements of docs/results.md
#   make kernel      fetch a kernel (KERNEL=6.12 FLAVOUR=cloud)
#   make install-lib the library, into PREFIX (/usr/local)
#   make clean       remove what was built; kernels stay (make distclean)

VERSION := 0.1.0

CC ?= gcc
CFLAGS ?= -O2 -g
BUILD := build
PREFIX ?= /usr/local
KERNEL ?= 6.12
FLAVOUR ?= cloud

np_cflags := -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -Iinclude -Isim/env
san_flags := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
# What the simulator needs of others, and what the command line does.
sim_libs := $(shell pkg-config --libs libzstd 2>/dev/null)
cli_libs := $(shell pkg-config --libs jansson smartcols sqlite3 2>/dev/null) \
	$(sim_libs) -lm
cli_cflags := $(shell pkg-config --cflags jansson smartcols sqlite3 2>/dev/null) \
	-DNP_VERSION=\"$(VERSION)\" -Icli -Isim -Ilib

all: tools modules

comma := ,

# ------------------------------------------------------------------- tools

policy_src := $(wildcard policy/*.c)
sim_src := $(wildcard sim/*.c sim/mem/*.c sim/stock/*.c sim/sched/*.c sim/workloads/*.c sim/replay/*.c)
cli_src := $(wildcard cli/*.c) lib/vmpressure.c
npwork_src := $(wildcard lab/workloads/*.c)

lib_src := $(wildcard lib/*.c)
lib_so := $(BUILD)/libnumaplace.so

tools: $(BUILD)/numaplace $(BUILD)/npwork lib lab

# A simulated fault passes through many small functions in many files.
FAST ?= -O3 -flto=auto

$(BUILD)/obj/policy/%.o: policy/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(CFLAGS) $(FAST) -DNP_POLICY_ROOM -MMD -MP -c -o $@ $<

# Determinism: the same arithmetic on every machine.
sim_cflags := -ffp-contract=off

$(BUILD)/obj/sim/%.o: sim/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(sim_cflags) $(CFLAGS) $(FAST) -MMD -MP -c -o $@ $<

# The assembler reads what is built in, and tells nobody.
work_texts := $(wildcard sim/workloads/builtin/*.work)
$(BUILD)/obj/sim/workloads/builtin.o $(BUILD)/san/sim/workloads/builtin.o: $(work_texts)

$(BUILD)/obj/cli/%.o: cli/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(cli_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/numaplace: $(cli_src:%.c=$(BUILD)/obj/%.o) \
		$(sim_src:%.c=$(BUILD)/obj/%.o) $(policy_src:%.c=$(BUILD)/obj/%.o)
	$(CC) $(CFLAGS) $(FAST) -o $@ $^ $(cli_libs)

# Static, so that it runs in a guest that holds nothing else.
$(BUILD)/npwork: $(npwork_src) $(wildcard lab/workloads/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE $(CFLAGS) -static \
		-o $@ $(npwork_src) -pthread

# What applications link: one interface (soname), versioned symbols.
lib_cflags := -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -Iinclude -fPIC

lib: $(lib_so) $(BUILD)/libnumaplace.a

$(BUILD)/obj/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(lib_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(lib_so): $(lib_src:%.c=$(BUILD)/obj/%.o) lib/libnumaplace.map
	$(CC) $(CFLAGS) -shared -Wl,-soname,libnumaplace.so.0 -Wl,-z,defs \
		-Wl,--version-script=lib/libnumaplace.map -o $@.0 $(filter %.o,$^)
	ln -sf $(@F).0 $@

$(BUILD)/libnumaplace.a: $(lib_src:%.c=$(BUILD)/obj/%.o)
	rm -f $@
	$(AR) rcs $@ $^

# Into DESTDIR, for packages.
dest := $(DESTDIR)$(PREFIX)

install-lib: lib
	install -d $(dest)/lib/pkgconfig $(dest)/include $(dest)/share/man/man3
	install -d $(dest)/include/numaplace
	install -m 644 lib/numaplace.h $(dest)/include
	install -m 644 include/numaplace/vmpressure.h $(dest)/include/numaplace
	install -m 755 $(lib_so).0 $(dest)/lib
	ln -sf $(notdir $(lib_so)).0 $(dest)/lib/$(notdir $(lib_so))
	install -m 644 $(BUILD)/libnumaplace.a $(dest)/lib
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		lib/libnumaplace.pc.in >$(dest)/lib/pkgconfig/libnumaplace.pc
	install -m 644 lib/man/*.3 $(dest)/share/man/man3
	ln -sf np_home_node.3 $(dest)/share/man/man3/np_set_home_node.3

lab:
	@$(MAKE) --no-print-directory -s -C lab

# ----------------------------------------------------------------- kernels

kernel:
	@lab/kernels/fetch --flavour $(FLAVOUR) $(KERNEL) >/dev/null

debug-kernel:
	@lab/kernels/build-debug >/dev/null

# The module for every kernel here that can have it; links are aliases.
modules:
	@for k in $(BUILD)/kernels/*/; do \
		[ -e "$$k/headers" ] && [ ! -L "$${k%/}" ] || continue; \
		release=$$(cat "$$k/release"); \
		compat=$$(echo "$$release" | sed 's/\([0-9]*\)\.\([0-9]*\).*/\1_\2/'); \
		[ -e "kmod/compat/linux_$$compat.h" ] || continue; \
		grep -q '^CONFIG_NUMA_BALANCING=y' "$$k/config" || continue; \
		kmod/build "$$k/headers" "$(BUILD)/kmod/$$release" $(VERSION) || exit 1; \
		vmpressure/build "$$k/headers" "$(BUILD)/vmpressure/$$release" $(VERSION) || exit 1; \
	done

# ------------------------------------------------------------------- tests

# What is tested is compiled once, with the sanitizers.
unit_common := $(wildcard policy/tests/common.c policy/tests/home.c \
	policy/tests/policies/*.c)
sim_common := $(wildcard sim/tests/common.c sim/tests/check.c sim/tests/history.c)
cli_common := $(wildcard cli/tests/common.c)
policy_units := $(filter-out $(unit_common),$(wildcard policy/tests/*.c))
sim_units := $(filter-out $(sim_common),$(wildcard sim/tests/*.c))
cli_units := $(filter-out $(cli_common),$(wildcard cli/tests/*.c))
unit_tests := $(policy_units:policy/tests/%.c=$(BUILD)/tests/policy-%.t) \
	$(sim_units:sim/tests/%.c=$(BUILD)/tests/sim-%.t) \
	$(cli_units:cli/tests/%.c=$(BUILD)/tests/cli-%.t)

$(BUILD)/san/policy/tests/%.o: policy/tests/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(san_flags) -Ipolicy -MMD -MP -c -o $@ $<

$(BUILD)/san/policy/%.o: policy/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(san_flags) -DNP_POLICY_ROOM -MMD -MP -c -o $@ $<

$(BUILD)/san/sim/%.o: sim/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(sim_cflags) $(san_flags) -Isim -MMD -MP -c -o $@ $<

$(BUILD)/san/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(cli_cflags) $(san_flags) -MMD -MP -c -o $@ $<

$(BUILD)/san/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(san_flags) -MMD -MP -c -o $@ $<

san_policy := $(policy_src:%.c=$(BUILD)/san/%.o)
san_sim := $(sim_src:%.c=$(BUILD)/san/%.o)
san_cli := $(filter-out $(BUILD)/san/cli/main.o,$(cli_src:%.c=$(BUILD)/san/%.o))

$(BUILD)/tests/policy-%.t: $(BUILD)/san/policy/tests/%.o $(san_policy) \
		$(unit_common:%.c=$(BUILD)/san/%.o)
	@mkdir -p $(@D)
	$(CC) $(san_flags) -o $@ $^ -lcmocka

# A simulated machine puts up with any policy, too.
test_policies := $(patsubst %.c,$(BUILD)/san/%.o,$(wildcard policy/tests/policies/*.c))

$(BUILD)/tests/sim-%.t: $(BUILD)/san/sim/tests/%.o $(san_sim) $(san_policy) \
		$(sim_common:%.c=$(BUILD)/san/%.o) $(test_policies)
	@mkdir -p $(@D)
	$(CC) $(san_flags) -o $@ $^ $(sim_libs) -lcmocka -lm

$(BUILD)/tests/cli-%.t: $(BUILD)/san/cli/tests/%.o $(san_cli) $(san_sim) \
		$(san_policy) \
		$(cli_common:%.c=$(BUILD)/san/%.o)
	@mkdir -p $(@D)
	$(CC) $(san_flags) -o $@ $^ $(cli_libs) -lcmocka

# The command with the test policies, to replay what they decided in a kernel.
$(BUILD)/obj/tests/policies.o: tests/policies.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/numaplace: $(cli_src:%.c=$(BUILD)/obj/%.o) \
		$(sim_src:%.c=$(BUILD)/obj/%.o) $(policy_src:%.c=$(BUILD)/obj/%.o) \
		$(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard policy/tests/policies/*.c)) \
		$(BUILD)/obj/tests/policies.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(FAST) -o $@ $^ $(cli_libs)

golden: $(BUILD)/tests/sim-golden.t
	$< --write

# Parsers of files from others: what sim/fuzz/ and cli/fuzz/ feed them. In the
# tests each sees its corpus again; make fuzz looks for more.
sim_fuzz := $(filter-out replay,$(patsubst sim/fuzz/%.c,%,$(wildcard sim/fuzz/*.c)))
cli_fuzz := $(filter-out reader,$(patsubst cli/fuzz/%.c,%,$(wildcard cli/fuzz/*.c)))
fuzz_tests := $(sim_fuzz:%=$(BUILD)/tests/fuzz-%.t) $(cli_fuzz:%=$(BUILD)/tests/fuzz-%.t)
fuzz_flags := -O1 -g -fsanitize=fuzzer,address,undefined
FUZZ_RUNS ?= 1000000
# ..but for databases that are made, sealed, reported and gone on with: 12 ms each.
VALUES_FUZZ_RUNS ?= 30000

# What cli/fuzz/reader.c stands in for.
fuzz_wrap := $(patsubst %,-Wl$(comma)--wrap=%,tool_run tool_exists digest_file)

$(sim_fuzz:%=$(BUILD)/tests/fuzz-%.bin): $(BUILD)/tests/fuzz-%.bin: \
		$(BUILD)/san/sim/fuzz/%.o \
		$(BUILD)/san/sim/fuzz/replay.o $(san_sim) $(san_policy)
	@mkdir -p $(@D)
	$(CC) $(san_flags) -o $@ $^ $(sim_libs) -lm

$(cli_fuzz:%=$(BUILD)/tests/fuzz-%.bin): $(BUILD)/tests/fuzz-%.bin: \
		$(BUILD)/san/cli/fuzz/%.o $(BUILD)/san/cli/fuzz/reader.o \
		$(BUILD)/san/sim/fuzz/replay.o $(san_cli) $(san_sim) $(san_policy)
	@mkdir -p $(@D)
	$(CC) $(san_flags) $(fuzz_wrap) -o $@ $^ $(cli_libs)

$(BUILD)/tests/fuzz-%.t: $(BUILD)/tests/fuzz-%.bin
	@printf '#!/bin/sh\nexec $< */fuzz/corpus/$*\n' >$@ && chmod +x $@

$(sim_fuzz:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: sim/fuzz/%.c $(sim_src) $(policy_src)
	@mkdir -p $(@D)
	clang $(np_cflags) $(sim_cflags) $(fuzz_flags) -o $@ $^ $(sim_libs) -lm

$(cli_fuzz:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: cli/fuzz/%.c cli/fuzz/reader.c \
		$(filter-out cli/main.c,$(cli_src)) $(sim_src) $(policy_src)
	@mkdir -p $(@D)
	clang $(np_cflags) $(sim_cflags) $(cli_cflags) $(fuzz_flags) \
		$(fuzz_wrap) -o $@ $^ $(cli_libs)

# fuzz-run NAME, CORPUS, RUNS, LONGEST INPUT
fuzz-run = echo "fuzzing $(1), $(3) executions" && \
	mkdir -p $(BUILD)/fuzz/found/$(1) && \
	$(BUILD)/fuzz/$(1) -runs=$(3) -max_len=$(4) -timeout=60 \
		-print_final_stats=1 -verbosity=0 \
		-artifact_prefix=$(abspath $(BUILD))/fuzz/found/$(1)- \
		$(BUILD)/fuzz/found/$(1) $(2)/$(1)

fuzz: $(sim_fuzz:%=$(BUILD)/fuzz/%) $(cli_fuzz:%=$(BUILD)/fuzz/%)
	@$(foreach f,$(sim_fuzz),$(call fuzz-run,$f,sim/fuzz/corpus,$(FUZZ_RUNS),4096) &&) \
	$(foreach f,$(cli_fuzz),$(call fuzz-run,$f,cli/fuzz/corpus,$(if $(filter values,$f),$(VALUES_FUZZ_RUNS),$(FUZZ_RUNS)),16384) &&) \
	true

.SECONDARY:

shell_tests := $(wildcard policy/tests/*.t sim/tests/*.t cli/tests/*.t lab/tests/*.t \
	lib/tests/*.t vmpressure/tests/*.t \
	lab/workloads/tests/*.t kmod/tests/*.t tests/*.t)

packages:
	@packaging/install-packages

# With a job for each CPU, unless somebody said otherwise.
again = --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# A second make, so that what the packages and kernels bring is seen.
test: packages
	@$(MAKE) $(again) kernel
	@$(MAKE) $(again) all unit-tests
	KERNEL_DIR=$(BUILD)/kernels/$(FLAVOUR)-$(KERNEL) \
		prove --timer -j$(shell nproc) $(unit_tests) $(fuzz_tests) $(shell_tests)

unit-tests: $(unit_tests) $(fuzz_tests) $(BUILD)/tests/numaplace

test-debug: packages
	@$(MAKE) $(again) debug-kernel
	@$(MAKE) $(again) all
	prove lab/tests/debug.t
	KERNEL_DIR=$(BUILD)/kernels/debug-6.12 prove $(wildcard kmod/tests/*.t) \
		vmpressure/tests/calls.t vmpressure/tests/fuzz.t \
		lib/tests/lib.t

# -------------------------------------------------------------------- runs

demo: packages
	@$(MAKE) $(again) kernel
	@$(MAKE) $(again) all
	@mkdir -p $(BUILD)/demo
	$(BUILD)/numaplace compare --on vm --topology 2x2 \
		--workload numa02,numa01 --policies off,stock,moron,hand \
		--seconds 26 \
		--json $(BUILD)/demo/report.json \
		--html $(BUILD)/demo/report.html
	@echo "see $(BUILD)/demo/report.html"

# Measures for about three hours; best on a machine that does nothing else.
bench: packages
	@$(MAKE) $(again) kernel
	@$(MAKE) $(again) all
	bench/run

# How fast the simulator is, and sweeps with all CPUs; two minutes.
$(BUILD)/bench-sim: $(BUILD)/obj/bench/sim.o $(sim_src:%.c=$(BUILD)/obj/%.o) \
		$(policy_src:%.c=$(BUILD)/obj/%.o)
	$(CC) $(CFLAGS) $(FAST) -o $@ $^ $(sim_libs) -lm

$(BUILD)/obj/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(np_cflags) -Isim $(CFLAGS) -MMD -MP -c -o $@ $<

bench-sim: $(BUILD)/bench-sim $(BUILD)/numaplace
	$<
	bench/sweep

# Static, for a guest.
$(BUILD)/lazybench: bench/lazy.c $(lib_src) lib/numaplace.h
	@mkdir -p $(@D)
	$(CC) $(lib_cflags) -Ilib $(CFLAGS) -static -o $@ bench/lazy.c $(lib_src)

$(BUILD)/pressurebench: bench/pressure.c $(lib_src) $(wildcard vmpressure/tests/*.h) \
		$(wildcard kmod/tests/common.[ch])
	$(CC) $(lib_cflags) -Ilib -Ikmod/tests $(CFLAGS) -static -o $@ \
		bench/pressure.c kmod/tests/common.c $(lib_src) -pthread

clean:
	rm -rf $(filter-out $(BUILD)/kernels,$(wildcard $(BUILD)/*))

distclean:
	rm -rf $(BUILD)

.PHONY: all tools lab lib install-lib kernel debug-kernel modules packages test unit-tests \
	test-debug golden fuzz demo bench bench-sim clean distclean

-include $(shell find $(BUILD)/obj $(BUILD)/san -name "*.d" 2>/dev/null)
