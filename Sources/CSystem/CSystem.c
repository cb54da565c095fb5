/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

int csystem_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int csystem_close_from(void *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

bool csystem_give_back_blocks(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes) == 1; }

int csystem_random(void *bytes, size_t count) {
    unsigned char *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

_Thread_local csystem_thread_slot csystem_slot;

static pthread_once_t slot_once = PTHREAD_ONCE_INIT;
static pthread_key_t slot_key;
static int slot_key_failure;

static void empty_slot(void *unused) {
    (void)unused;
    csystem_thread_slot held = csystem_slot;
    csystem_slot = (csystem_thread_slot){0};
    if (held.release && held.process == getpid()) held.release(held.retained, held.segment);
}

static void make_slot_key(void) { slot_key_failure = pthread_key_create(&slot_key, empty_slot); }

int csystem_fill_slot(csystem_thread_slot content) {
    pthread_once(&slot_once, make_slot_key);
    if (slot_key_failure) return slot_key_failure;
    /* Any value but NULL makes the C library call empty_slot when this thread ends. */
    int failure = pthread_setspecific(slot_key, &csystem_slot);
    if (failure) return failure;
    empty_slot(NULL);
    content.process = getpid();
    csystem_slot = content;
    return 0;
}

void *csystem_page_wiped_on_fork(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    if (madvise(page, 4096, MADV_WIPEONFORK) != 0) {
        munmap(page, 4096);
        return NULL;
    }
    return page;
}
