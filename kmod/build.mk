# SPDX-License-Identifier: GPL-2.0
# ringfence.ko for the kernels of the tests, and for this machine's own
#
# Each kernel builds a copy under build/kmod/, so that they never share an
# object file and nothing is written beside the sources.

KERNELS ?= 6.1 6.12

KMOD_VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' kmod/dkms.conf)
KMOD_SOURCES := kmod/Kbuild kmod/add-btf kmod/uapi/ringfence.h $(sort $(wildcard kmod/*.c kmod/*.h))
KMOD_TARGETS := $(KERNELS:%=build/kmod/%/ringfence.ko)

# W=1 and an empty log: a warning is an error.
define kmod_compile
	rm -rf $(@D) && mkdir -p $(@D)
	cd kmod && cp --parents $(KMOD_SOURCES:kmod/%=%) ../$(@D)
	$(MAKE) -C $(1) M=$(abspath $(@D)) W=1 KCFLAGS=-Werror modules >$(@D)/log 2>&1 || \
		{ cat $(@D)/log >&2; rm -f $@; exit 1; }
endef

# 6.1's headers come without this program; any later one does.
KMOD_RESOLVER := build/vm/kernel-6.12/headers/tools/bpf/resolve_btfids/resolve_btfids

.PHONY: kmod kmod-check kmod-host kmod-install kmod-uninstall
kmod: $(KMOD_TARGETS)

build/vm/kernel-%/headers:
	tests/vm/harness/fetch-kernel $*

build/kmod/%/ringfence.ko: $(KMOD_SOURCES) kmod/build.mk | build/vm/kernel-%/headers $(KMOD_RESOLVER)
	$(call kmod_compile,build/vm/kernel-$*/headers)
	kmod/add-btf $@ build/vm/kernel-$*/root/boot/vmlinuz-* $(KMOD_RESOLVER)

$(KMOD_RESOLVER): | build/vm/kernel-6.12/headers

# sparse over the whole module, on each kernel; any line it says is a failure
kmod-check: $(KERNELS:%=build/kmod/sparse-%/ringfence.ko)

build/kmod/sparse-%/ringfence.ko: $(KMOD_SOURCES) kmod/build.mk | build/vm/kernel-%/headers
	$(call kmod_compile,build/vm/kernel-$*/headers C=2 CHECK=sparse CF="-Wsparse-error")

# This machine's kernel, if its headers are here; without them the module is
# left out, and `ringfence doctor` says so.
KMOD_HOST := /lib/modules/$(shell uname -r)/build
KMOD_HOST_DIR := $(DESTDIR)/lib/modules/$(shell uname -r)/updates/ringfence
KMOD_DKMS_DIR := $(DESTDIR)/usr/src/ringfence-$(KMOD_VERSION)

build/kmod/host/ringfence.ko: $(KMOD_SOURCES) kmod/build.mk
	$(call kmod_compile,$(KMOD_HOST))
	kmod/add-btf $@ /sys/kernel/btf/vmlinux

kmod-host: $(if $(wildcard $(KMOD_HOST)/Makefile),build/kmod/host/ringfence.ko)

# The sources always, for DKMS; the module where it could be built.
kmod-install: kmod-host
	install -d $(KMOD_DKMS_DIR)/uapi
	install -m 644 kmod/dkms.conf $(filter-out kmod/add-btf kmod/uapi/%,$(KMOD_SOURCES)) $(KMOD_DKMS_DIR)
	install -m 755 kmod/add-btf $(KMOD_DKMS_DIR)
	install -m 644 kmod/uapi/ringfence.h $(KMOD_DKMS_DIR)/uapi
	if [ -e $(KMOD_HOST)/Makefile ]; then \
		install -D -m 644 build/kmod/host/ringfence.ko $(KMOD_HOST_DIR)/ringfence.ko; \
		depmod -b $(or $(DESTDIR),/) $(shell uname -r); \
	else \
		echo "no headers of $(shell uname -r): module not built, its sources are installed"; \
	fi

kmod-uninstall:
	rm -rf $(KMOD_DKMS_DIR) $(KMOD_HOST_DIR)
	if [ -d $(DESTDIR)/lib/modules/$(shell uname -r) ]; then \
		depmod -b $(or $(DESTDIR),/) $(shell uname -r); \
	fi
