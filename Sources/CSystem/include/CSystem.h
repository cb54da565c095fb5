/* SPDX-License-Identifier: Apache-2.0 */
/* What Swift's Glibc module lacks: variadic calls, cast macros and atomics on mapped memory. */
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include "CSystemSandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* getrandom(2). Returns 0, or errno. Loops over short reads and interruptions. */
int csystem_random(void *bytes, size_t count);

/* pidfd_open(2): a descriptor that poll(2) finds readable once the process has ended, closed on
   exec. Returns -1 and sets errno on failure. */
int csystem_pidfd_open(int process);

/* posix_spawn_file_actions_addclosefrom_np (glibc 2.34): the program that is started with these
   actions, a posix_spawn_file_actions_t, finds no descriptor from `first` on. Returns 0, or
   errno. */
int csystem_close_from(void *actions, int first);

/* Has malloc(3) take each block of `bytes` or more from the kernel and give it back when it is
   freed, whatever was freed before (mallopt(3), M_MMAP_THRESHOLD). Returns whether it will. */
bool csystem_give_back_blocks(int bytes);

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
   `may_read`, unless it is NULL, is asked before each read; a no is the end of the stream.
   NULL when memory is short: the descriptor then stays with the caller. */
FILE *csystem_stream(int descriptor, const uint8_t *head, size_t count,
                     bool (*may_read)(void *watch, int descriptor), void *watch);

static inline void csystem_store_relaxed(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* What a thread remembers of the journal that it writes: which one, its own part of it, where its
   next record goes, and how to give all back. One slot a thread; given back by itself when the
   thread ends. */
typedef struct {
    /* Where the journal begins; 0 if there is none. */
    uint64_t journal;
    /* The word that publishes a record; NULL if the thread has no part of its own. */
    uint64_t *head;
    /* Where the next record goes, how many bytes it may take, and its position in the ring. */
    uint8_t *next;
    uint64_t room;
    uint64_t position;
    /* Not 0 while the thread is in the middle of a record. */
    uint64_t busy;
    void *segment;
    void *retained;
    void (*release)(void *retained, void *segment);
    /* The process that filled it: a forked child has nothing to give back. */
    int process;
} csystem_thread_slot;

extern _Thread_local csystem_thread_slot csystem_slot
    __attribute__((tls_model("initial-exec")));

/* The calling thread's slot. */
__attribute__((returns_nonnull)) static inline csystem_thread_slot *csystem_this_slot(void) {
    return &csystem_slot;
}

/* Fills the calling thread's slot, after giving back what was in it. Returns 0, or errno. */
int csystem_fill_slot(csystem_thread_slot content);

/* The thread is in the middle of a record, or out of it again: what comes between stands between
   also for a signal handler of the same thread. */
static inline void csystem_slot_enter(csystem_thread_slot *slot) {
    slot->busy = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
static inline void csystem_slot_leave(csystem_thread_slot *slot) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    slot->busy = 0;
}

/* Sets the word to `value` if it is `expected`; nonzero if that was done. */
static inline int csystem_replace(uint64_t *word, uint64_t expected, uint64_t value) {
    return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* Sets the word to `value` if it is 0; nonzero if that was done. */
static inline int csystem_claim(uint64_t *word, uint64_t value) {
    return csystem_replace(word, 0, value);
}

/* CLOCK_REALTIME_COARSE in nanoseconds since 1970: a few milliseconds old, and cheap. */
static inline int64_t csystem_coarse_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* One page that a forked child finds filled with zeros (MADV_WIPEONFORK); NULL if the kernel
   refuses. */
void *csystem_page_wiped_on_fork(void);

#endif
