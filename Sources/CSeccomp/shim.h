/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSECCOMP_SHIM_H
#define CSECCOMP_SHIM_H

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>

/* SCMP_ACT_ERRNO(EPERM), a macro that Swift does not see. */
static inline uint32_t cseccomp_refuse(void) { return SCMP_ACT_ERRNO(EPERM); }

/* The comparisons of an argument of a call: it equals, or it lacks all bits of a mask. */
static inline struct scmp_arg_cmp cseccomp_equals(unsigned argument, uint64_t value) {
    return SCMP_CMP64(argument, SCMP_CMP_EQ, value);
}
static inline struct scmp_arg_cmp cseccomp_lacks(unsigned argument, uint64_t bits) {
    return SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, bits, 0);
}

#endif
