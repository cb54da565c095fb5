/* SPDX-License-Identifier: Apache-2.0 */
/* Looks over the shoulder of one thread: each of its fsync, fdatasync and msync waits until it was
   looked at, and then goes on as if nothing had been (seccomp_unotify(2)). */
#ifndef CSYNCWATCH_H
#define CSYNCWATCH_H

#include <stdint.h>

/* One call that waits. */
typedef struct {
    uint64_t id;
    /* Whether it is msync; the argument is then an address, else a descriptor. */
    int is_memory;
    uint64_t argument;
} sync_call;

/* Begins to watch the calling thread until it ends, with all that it starts. Returns the
   descriptor on which its calls are heard, or the negative of errno. */
int sync_watch_begin(void);
/* Waits for the next call: 1, or 0 once nobody is watched any more, or the negative of errno. */
int sync_watch_next(int listener, sync_call *call);
/* Lets a call go on. Returns 0, or errno. */
int sync_watch_let(int listener, uint64_t id);

#endif
