# SPDX-License-Identifier: GPL-2.0
# make bench: what a look-up, a packet, a connection and a new policy cost,
# beside what one would use instead

BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
BENCH_SOURCES := $(filter-out %.bpf.c,$(BENCH_SOURCES))
BENCH_PROGRAMS := $(patsubst tests/bench/%.bpf.c,%,$(wildcard tests/bench/*.bpf.c))
BENCH_SKELETONS := $(BENCH_PROGRAMS:%=build/bench/%.skel.h)
BENCH_LIBS := $(LIBS) -lmaxminddb -lm

# A second time with tables for millions of prefixes, to see how they grow
BENCH_LARGE := -DRF_GENERATION_SIZE=419430400u -DRF_V4_SEGMENTS=8400000 \
	-DRF_V6_NODES=9000000 -DRF_V6_LEAVES=20000000

build/bench/%.bpf.o: tests/bench/%.bpf.c $(BPF_HEADERS) $(wildcard tests/bench/*.h) bpf/sock.bpf.c
	@mkdir -p $(@D)
	@echo '  BPF     $<'
	@$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bench/large/%.bpf.o: tests/bench/%.bpf.c $(BPF_HEADERS) $(wildcard tests/bench/*.h) bpf/sock.bpf.c
	@mkdir -p $(@D)
	@echo '  BPF     $< (large)'
	@$(CLANG) $(BPF_CFLAGS) $(BENCH_LARGE) -c $< -o $@

build/bench/%.skel.h: build/bench/%.bpf.o
	@bpftool gen skeleton $< name $(*F)_bpf >$@.tmp
	@mv $@.tmp $@

build/bench/bench: $(BENCH_SOURCES) $(BENCH_SKELETONS) $(wildcard tests/bench/*.h) $(LIB_SOURCES:%.c=build/%.o)
	@echo '  BENCH   $@'
	@$(CC) $(ALL_CFLAGS) -Ibuild/bench $(BENCH_SOURCES) $(LIB_SOURCES:%.c=build/%.o) $(BENCH_LIBS) -o $@

build/bench/large/bench: $(BENCH_SOURCES) $(BENCH_SKELETONS:build/bench/%=build/bench/large/%) \
		$(wildcard tests/bench/*.h) $(LIB_SOURCES) $(BPF_HEADERS) | $(SKELETON)
	@echo '  BENCH   $@'
	@$(CC) $(ALL_CFLAGS) $(BENCH_LARGE) -Ibuild/bench/large $(BENCH_SOURCES) $(LIB_SOURCES) $(BENCH_LIBS) -o $@

# QUICK=1: fewer rounds; ONLY="lookup,packet": some of them
BENCH_MMDB := build/data/geo-whois-asn-country.mmdb
.PHONY: bench help-bench
bench: setup
	@tests/setup/install tests/bench/packages
	@$(MAKE) --no-print-directory build/bench/bench build/bench/large/bench
	@tests/data/fetch $(dir $(BENCH_MMDB)) || echo 'bench: not compared with libmaxminddb' >&2
	@build/bench/bench --large build/bench/large/bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) \
		$$([ ! -e $(BENCH_MMDB) ] || echo --mmdb $(BENCH_MMDB))

# What each hook costs, in instructions; ONLY="open": operations with that in
# their title, and nothing is kept
HOOKS := build/bench/hooks
HOOKS_SOURCES := $(wildcard tests/bench/hooks/operation*.c)
HOOKS_HEADERS := $(wildcard tests/bench/hooks/*.h)
HOOKS_STATIC = $(CC) $(WARNINGS) -std=gnu11 -D_GNU_SOURCE -I. -O2 -static -s

$(HOOKS)/operations: $(HOOKS_SOURCES) $(HOOKS_HEADERS)
	@mkdir -p $(@D)
	@echo '  STATIC  $@'
	@$(HOOKS_STATIC) $(HOOKS_SOURCES) -o $@

$(HOOKS)/work: tests/bench/hooks/work.c $(HOOKS_HEADERS)
	@mkdir -p $(@D)
	@echo '  STATIC  $@'
	@$(HOOKS_STATIC) $< -o $@

$(HOOKS)/empty: tests/bench/hooks/empty.c
	@mkdir -p $(@D)
	@echo '  BENCH   $@'
	@$(CC) $(ALL_CFLAGS) $< -lbpf -o $@

$(HOOKS)/database.tar: tests/bench/hooks/database tests/bench/hooks/postgresql.conf
	@mkdir -p $(@D)
	@echo '  DATA    $@'
	@$< $@

.PHONY: bench-hooks bench-hooks-built
bench-hooks: setup
	@$(MAKE) --no-print-directory bench-hooks-built vm-tree
	@RINGFENCE_VM_BUILT=1 tests/bench/hooks/report $(if $(ONLY),--only "$(ONLY)")

bench-hooks-built: $(HOOKS)/operations $(HOOKS)/work $(HOOKS)/empty $(HOOKS)/database.tar

help-bench: build/bench/bench
	@build/bench/bench --names
	@echo 'make bench-hooks: instructions per operation and for whole work, in VMs; tests/bench/hooks.md'
