# SPDX-License-Identifier: GPL-2.0
# The BPF programs: one object per file, linked into one, and its skeleton

BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -std=gnu11 -D__TARGET_ARCH_x86 \
	-I. -I/usr/include/$(shell $(CC) -print-multiarch) \
	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-declarations
BPF_HEADERS := $(wildcard bpf/*.h) kmod/uapi/ringfence.h
# The maps first: bpftool 7.1 leaves the places of the extern ones that it
# meets before their definition at zero.
BPF_SOURCES := bpf/storage.bpf.c $(filter-out bpf/storage.bpf.c,$(sort $(wildcard bpf/*.bpf.c)))
BPF_OBJECTS := $(BPF_SOURCES:bpf/%.bpf.c=build/bpf/%.o)
SKELETON := build/bpf/ringfence.skel.h

build/bpf/%.o: bpf/%.bpf.c $(BPF_HEADERS) bpf/build.mk
	@mkdir -p $(@D)
	@echo '  BPF     $<'
	@$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bpf/ringfence.linked: $(BPF_OBJECTS)
	@echo '  LINK    $@'
	@bpftool gen object $@ $^

$(SKELETON): build/bpf/ringfence.linked
	@bpftool gen skeleton $< name ringfence_bpf >$@.tmp
	@mv $@.tmp $@
