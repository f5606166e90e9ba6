# SPDX-License-Identifier: GPL-2.0
# The library, ringfenced and ringfence

LIB_SOURCES := $(sort $(wildcard userspace/lib/*.c))
DAEMON_SOURCES := $(sort $(wildcard userspace/daemon/*.c))
CLI_SOURCES := $(sort $(wildcard userspace/cli/*.c))
PROGRAMS := build/ringfenced build/ringfence

LIBS := -lyaml -ljansson -lcrypto -lsystemd -lmnl -lbpf -lelf -lz

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

.PHONY: userspace-install userspace-uninstall
userspace-install: $(PROGRAMS)
	install -D -m 755 build/ringfenced $(DESTDIR)$(PREFIX)/sbin/ringfenced
	install -D -m 755 build/ringfence $(DESTDIR)$(PREFIX)/bin/ringfence

userspace-uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/ringfenced $(DESTDIR)$(PREFIX)/bin/ringfence
