# SPDX-License-Identifier: GPL-2.0
# make bench: what a look-up, a packet, a connection and a new policy cost,
# beside what one would use instead

BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
BENCH_SOURCES := $(filter-out %.bpf.c,$(BENCH_SOURCES))
BENCH_PROGRAMS := $(patsubst tests/bench/%.bpf.c,%,$(wildcard tests/bench/*.bpf.c))
BENCH_SKELETONS := $(BENCH_PROGRAMS:%=build/bench/%.skel.h)
BENCH_LIBS := $(LIBS) -lmaxminddb -lm

build/bench/%.bpf.o: tests/bench/%.bpf.c $(BPF_HEADERS) $(wildcard tests/bench/*.h)
	@mkdir -p $(@D)
	@echo '  BPF     $<'
	@$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bench/%.skel.h: build/bench/%.bpf.o
	@bpftool gen skeleton $< name $*_bpf >$@.tmp
	@mv $@.tmp $@

build/bench/bench: $(BENCH_SOURCES) $(BENCH_SKELETONS) $(wildcard tests/bench/*.h) $(LIB_SOURCES:%.c=build/%.o)
	@echo '  BENCH   $@'
	@$(CC) $(ALL_CFLAGS) $(BENCH_SOURCES) $(LIB_SOURCES:%.c=build/%.o) $(BENCH_LIBS) -o $@

# QUICK=1: fewer rounds; ONLY="lookup,packet": some of them
BENCH_MMDB := build/data/geo-whois-asn-country.mmdb
.PHONY: bench help-bench
bench: setup
	@tests/setup/install tests/bench/packages
	@$(MAKE) --no-print-directory build/bench/bench
	@tests/bench/fetch $(BENCH_MMDB) || echo 'bench: not compared with libmaxminddb' >&2
	@build/bench/bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) \
		$$([ ! -e $(BENCH_MMDB) ] || echo --mmdb $(BENCH_MMDB))

help-bench: build/bench/bench
	@build/bench/bench --names
