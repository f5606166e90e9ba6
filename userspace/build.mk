# SPDX-License-Identifier: GPL-2.0
# The library, ringfenced and ringfence

LIB_SOURCES := $(sort $(wildcard userspace/lib/*.c))
DAEMON_SOURCES := $(sort $(wildcard userspace/daemon/*.c))
CLI_SOURCES := $(sort $(wildcard userspace/cli/*.c))
PROGRAMS := build/ringfenced build/ringfence

LIBS := -lyaml -ljansson -lcrypto -lsystemd -lmnl -lbpf -lelf -lz -llzma -lzstd

USER_SOURCES := $(LIB_SOURCES) $(DAEMON_SOURCES) $(CLI_SOURCES)
USER_OBJECTS := $(USER_SOURCES:%.c=build/%.o)
# The same under the sanitizers, for the tests
ASAN_OBJECTS := $(USER_SOURCES:%.c=build/asan/%.o)

build/%.o: %.c | $(SKELETON)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

build/asan/%.o: %.c | $(SKELETON)
	@mkdir -p $(@D)
	@echo '  CC      $< (sanitized)'
	@$(CC) $(ALL_CFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

-include $(USER_OBJECTS:.o=.d) $(ASAN_OBJECTS:.o=.d)

build/ringfenced: $(DAEMON_SOURCES:%.c=build/%.o) $(LIB_SOURCES:%.c=build/%.o)
	@echo '  LD      $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

build/ringfence: $(CLI_SOURCES:%.c=build/%.o) $(LIB_SOURCES:%.c=build/%.o)
	@echo '  LD      $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

# Man pages and completion are written by the command table itself.
COMMANDS := $(shell sed -n 's/^\t\t\.name = "\(.*\)",/\1/p' userspace/cli/table.c)
MAN_PAGES := build/man/ringfence.8 $(COMMANDS:%=build/man/ringfence-%.8)
MAN_DIR := $(DESTDIR)$(PREFIX)/share/man/man8
UNIT_DIR := $(DESTDIR)$(PREFIX)/lib/systemd/system
COMPLETION := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ringfence
EXAMPLES := $(DESTDIR)$(PREFIX)/share/doc/ringfence

build/man/ringfence-%.8: build/ringfence
	@mkdir -p $(@D)
	@build/ringfence --dump-man ringfence-$* >$@

build/man/ringfence.8: build/ringfence
	@mkdir -p $(@D)
	@build/ringfence --dump-man ringfence >$@

.PHONY: userspace-install userspace-uninstall
userspace-install: $(PROGRAMS) $(MAN_PAGES)
	install -D -m 755 build/ringfenced $(DESTDIR)$(PREFIX)/sbin/ringfenced
	install -D -m 755 build/ringfence $(DESTDIR)$(PREFIX)/bin/ringfence
	install -d $(MAN_DIR) $(UNIT_DIR) $(dir $(COMPLETION)) $(EXAMPLES)
	install -m 644 $(MAN_PAGES) userspace/daemon/ringfenced.8 $(MAN_DIR)
	sed 's|@PREFIX@|$(PREFIX)|' userspace/daemon/ringfenced.service >$(UNIT_DIR)/ringfenced.service
	build/ringfence --dump-completion >$(COMPLETION)
	install -D -m 644 userspace/daemon/rsyslog-ringfence.conf $(DESTDIR)/etc/rsyslog.d/ringfence.conf
	install -m 644 userspace/daemon/ringfence-modprobe.conf \
		userspace/daemon/ringfence-modules-load.conf $(EXAMPLES)

userspace-uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/ringfenced $(DESTDIR)$(PREFIX)/bin/ringfence
	rm -f $(MAN_PAGES:build/man/%=$(MAN_DIR)/%) $(MAN_DIR)/ringfenced.8
	rm -f $(UNIT_DIR)/ringfenced.service $(COMPLETION)
	rm -f $(DESTDIR)/etc/rsyslog.d/ringfence.conf
	rm -rf $(EXAMPLES)
