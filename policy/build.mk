# SPDX-License-Identifier: GPL-2.0
# The shipped policies and country sets, and the table of the clouds

POLICY_FILES := $(sort $(wildcard policy/*/*))

.PHONY: policy-install policy-uninstall
policy-install:
	set -e; for file in $(POLICY_FILES:policy/%=%); do \
		install -D -m 644 policy/$$file $(DESTDIR)$(PREFIX)/share/ringfence/$$file; \
	done

policy-uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/share/ringfence
