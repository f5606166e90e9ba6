// SPDX-License-Identifier: GPL-2.0
/*
 * decide.bpf.c - the decision, as both doors call it
 *
 * Global, so that the verifier walks the search for a region once in a program
 * and not on each way that leads to it.
 */
#include "bpf/verdict.h"

int rf_decide_now(const struct rf_generation *gen, __u64 label, __u64 high, __u64 low,
		  struct rf_decision *answer)
{
	const struct rf_words addr = { high, low };

	if (!answer)
		return 0;
	*answer = rf_decide_words((const void *)gen, label, addr);
	return answer->verdict;
}
