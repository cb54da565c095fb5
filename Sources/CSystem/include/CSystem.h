/* SPDX-License-Identifier: Apache-2.0 */
/* What Swift's Glibc module lacks: variadic calls, cast macros and atomics on mapped memory. */
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* getrandom(2). Returns 0, or errno. Loops over short reads and interruptions. */
int csystem_random(void *bytes, size_t count);

/* pidfd_open(2): a descriptor that poll(2) finds readable once the process has ended, closed on
   exec. Returns -1 and sets errno on failure. */
int csystem_pidfd_open(int process);

/* Loads and stores of one 64-bit word of memory that other processes share. */
static inline uint64_t csystem_load_relaxed(const uint64_t *word) {
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}
static inline uint64_t csystem_load_acquire(const uint64_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
static inline void csystem_store_release(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
static inline uint64_t csystem_add_relaxed(uint64_t *word, uint64_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_RELAXED);
}

/* A stream over `head`, then over what is left in `descriptor`, which it owns and closes.
   NULL when memory is short: the descriptor then stays with the caller. */
FILE *csystem_stream(int descriptor, const uint8_t *head, size_t count);

/* What a thread remembers of the journal that it writes: which one, its own part of it, and how
   to give both back. One slot a thread; given back by itself when the thread ends. */
typedef struct {
    const void *journal;
    void *segment;
    void *retained;
    void (*release)(void *retained, void *segment);
} csystem_thread_slot;

extern _Thread_local csystem_thread_slot csystem_slot
    __attribute__((tls_model("initial-exec")));

/* The calling thread's slot. */
static inline csystem_thread_slot *csystem_this_slot(void) { return &csystem_slot; }

/* Fills the calling thread's slot, after giving back what was in it. Returns 0, or errno. */
int csystem_fill_slot(csystem_thread_slot content);

/* Sets the word to `value` if it is 0; nonzero if that was done. */
static inline int csystem_claim(uint64_t *word, uint64_t value) {
    uint64_t expected = 0;
    return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* CLOCK_REALTIME_COARSE in nanoseconds since 1970: a few milliseconds old, and cheap. */
int64_t csystem_coarse_now(void);

/* One page that a forked child finds filled with zeros (MADV_WIPEONFORK); NULL if the kernel
   refuses. */
void *csystem_page_wiped_on_fork(void);

#endif
