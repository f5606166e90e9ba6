# SPDX-License-Identifier: GPL-2.0
# Ringfence. `make help` lists what can be made.

PREFIX ?= /usr/local
DESTDIR ?=
KERNEL ?= 6.12
CC ?= gcc
CLANG ?= clang

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -I. -Ibuild/bpf $(WARNINGS) $(CFLAGS) \
	-DRF_SETS_DIR='"$(PREFIX)/share/ringfence/sets"'
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

# The first goal; the fragments below add to it.
.PHONY: all
all:

include bpf/build.mk
include userspace/build.mk
include policy/build.mk
include kmod/build.mk
include tests/build.mk
include tests/bench/build.mk

all: $(PROGRAMS) kmod-host

# Objects stay; a second make makes only what changed.
.SECONDARY:

.PHONY: setup install uninstall clean help demo
setup:
	@tests/setup/install tests/setup/packages tests/vm/harness/packages

install: all userspace-install policy-install kmod-install
uninstall: userspace-uninstall policy-uninstall kmod-uninstall

clean:
	rm -rf build

demo: setup
	@$(MAKE) --no-print-directory vm-tree
	@tests/demo/run $(KERNEL)

help:
	@echo 'make                 build ringfenced, ringfence and, with kernel headers, ringfence.ko'
	@echo 'make demo            see it work: boots a VM (KERNEL=6.1 or 6.12) and tells the story'
	@echo 'make check           the tests, on two kernels; installs what they need'
	@echo 'make check-unit      unit tests, under the address and undefined-behaviour sanitizers'
	@echo 'make check-bpf       the BPF programs that run on this kernel'
	@echo 'make check-vm        the attacks, in VMs of both kernels; T="file ..." for some of them'
	@echo 'make check-style     formatting, checkpatch, sparse, layering, man pages'
	@echo 'make check-mutants   breaks each hook and each branch and expects a test to fail'
	@echo 'make check-fuzz      fuzzes the parsers for two minutes each'
	@echo 'make attacks         the table of ways out: what stops each, by which hook, in which test'
	@echo 'make bench           what it costs, beside what one would use instead; make help-bench'
	@echo 'make check-long      all tests, each on both kernels: some 90 minutes'
	@echo 'make install         PREFIX=$(PREFIX) DESTDIR=; module, units, policies and man pages included'
	@echo 'make uninstall       the reverse; does not stop enforcement: ringfence disarm does'
	@echo 'make setup           only install the Debian packages that the above need'
	@echo 'make clean           remove build/'
