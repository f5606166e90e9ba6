# SPDX-License-Identifier: GPL-2.0
# The tests, by layer; quick layers first

UNIT_TESTS := $(patsubst tests/unit/%.c,build/unit/%,$(wildcard tests/unit/*_test.c))
BPF_TESTS := $(patsubst tests/bpf/%.c,build/tests/bpf/%,$(wildcard tests/bpf/*_test.c))
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
ATTACKS := $(patsubst tests/vm/attack/%.c,build/attack/%,$(wildcard tests/vm/attack/*.c)) \
	build/attack/obtain_dynamic
LAYERS := unit bpf style vm

# All of user space but the two programs' main files
TESTED := $(filter-out build/asan/userspace/%/main.o,$(ASAN_OBJECTS))

build/unit/%: tests/unit/%.c $(TESTED) $(wildcard tests/unit/*.h)
	@mkdir -p $(@D)
	@echo '  TEST    $<'
	@$(CC) $(ALL_CFLAGS) $(SANITIZE) $< $(TESTED) $(LIBS) -lmaxminddb -lcmocka -o $@

build/tests/bpf/%.bpf.o: tests/bpf/%.bpf.c $(BPF_HEADERS) $(wildcard tests/bpf/*.h)
	@mkdir -p $(@D)
	@echo '  BPF     $<'
	@$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/tests/bpf/%.skel.h: build/tests/bpf/%.bpf.o
	@bpftool gen skeleton $< name $*_bpf >$@.tmp
	@mv $@.tmp $@

build/tests/bpf/%_test: tests/bpf/%_test.c tests/bpf/product.h build/tests/bpf/%.skel.h $(LIB_SOURCES:%.c=build/%.o)
	@echo '  TEST    $<'
	@$(CC) $(ALL_CFLAGS) -Ibuild/tests/bpf $< $(LIB_SOURCES:%.c=build/%.o) $(LIBS) -lcmocka -o $@

build/fuzz/%: tests/fuzz/%.c $(LIB_SOURCES) $(SKELETON)
	@mkdir -p $(@D)
	$(CLANG) $(filter-out -Werror,$(ALL_CFLAGS)) -O1 -g -fsanitize=fuzzer,address,undefined \
		$< $(LIB_SOURCES) $(LIBS) -o $@

build/attack/%: tests/vm/attack/%.c $(wildcard tests/vm/attack/*.h) kmod/uapi/ringfence.h
	@mkdir -p $(@D)
	@echo '  ATTACK  $<'
	@$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -Wno-unused-parameter -I. -static $< -luring -lpthread -o $@

# As programs usually are, for what the loader does
build/attack/%_dynamic: tests/vm/attack/%.c $(wildcard tests/vm/attack/*.h) kmod/uapi/ringfence.h
	@mkdir -p $(@D)
	@echo '  ATTACK  $<'
	@$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -Wno-unused-parameter -I. $< -luring -lpthread -o $@

# Static: that starts several times as fast in a VM
define static_program
	@mkdir -p $(@D)
	@echo '  STATIC  $<'
	@$(CC) $(WARNINGS) -std=gnu11 -D_GNU_SOURCE -O1 -static -s $< -o $@
endef

build/vm/world: tests/vm/harness/world.c
	$(static_program)

build/vm/as: tests/vm/lib/as.c
	$(static_program)

# What the VMs run: the tree as make install lays it out, and the module of
# each kernel; and the compiled world, so that not each VM compiles it anew.
# The tree changes at once: a VM may be about to take it.
VM_TREE := build/vm/install
VM_POLICIES := $(wildcard tests/vm/policy/*.yaml)
.PHONY: vm-tree
vm-tree: build/vm/installed $(ATTACKS) build/vm/world build/vm/as

build/vm/installed: $(PROGRAMS) $(KMOD_TARGETS) Makefile $(VM_POLICIES) \
		$(shell find userspace policy kmod -type f)
	@mkdir -p $(@D)
	@rm -rf $(VM_TREE).new $(VM_TREE).old
	@$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(VM_TREE).new) PREFIX=/usr >/dev/null
	@set -e; for kernel in $(KERNELS); do \
		install -D -m 644 build/kmod/$$kernel/ringfence.ko \
			$(VM_TREE).new/lib/modules/$$(cat build/vm/kernel-$$kernel/version)/updates/ringfence/ringfence.ko; \
	done
	@install -d -m 700 $(VM_TREE).new/var/lib/ringfence
	@for policy in $(VM_POLICIES); do \
		build/ringfence --state-dir $(VM_TREE).new/var/lib/ringfence check $$policy >/dev/null 2>&1; \
	done; true
	@[ ! -e $(VM_TREE) ] || mv $(VM_TREE) $(VM_TREE).old
	@mv $(VM_TREE).new $(VM_TREE)
	@touch $@

.PHONY: check check-unit check-bpf check-vm check-style check-fuzz check-long check-mutants attacks
check: setup
	@$(MAKE) --no-print-directory check-build
	@tests/check $(LAYERS)

# What the unit tests read whole; some are skipped where it cannot be had.
.PHONY: region-data
region-data:
	@tests/data/fetch build/data

.PHONY: check-build
check-build: $(UNIT_TESTS) $(BPF_TESTS) vm-tree region-data

check-unit: $(UNIT_TESTS) $(PROGRAMS) region-data
	@tests/check unit

check-bpf: $(BPF_TESTS)
	@tests/check bpf

check-vm: vm-tree
	@tests/check vm

check-style:
	@tests/check style

check-long: setup
	@$(MAKE) --no-print-directory check-build
	@LONG=1 tests/check $(LAYERS)

check-mutants: vm-tree
	@tests/mutants/run

# Every way out, and what stops it
attacks:
	@tests/attacks/table

check-fuzz: $(FUZZERS)
	@mkdir -p build/fuzz/found
	@set -e; for fuzzer in $(FUZZERS:build/fuzz/%_fuzz=%); do \
		build/fuzz/$${fuzzer}_fuzz -max_total_time=$(or $(SECONDS),120) -print_final_stats=1 \
			build/fuzz/found tests/fuzz/corpus/$$fuzzer; \
	done
