/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in front of the C library's allocator and counts. free() stays the library's own. */
#include "CBenchmark.h"
#include <errno.h>

void *__libc_malloc(size_t count);
void *__libc_calloc(size_t items, size_t count);
void *__libc_realloc(void *old, size_t count);
void *__libc_memalign(size_t alignment, size_t count);

/* Initial-exec: an access must not itself allocate. */
static _Thread_local uint64_t allocations __attribute__((tls_model("initial-exec")));

uint64_t cbenchmark_allocations(void) { return allocations; }

void *malloc(size_t count) {
    allocations++;
    return __libc_malloc(count);
}

void *calloc(size_t items, size_t count) {
    allocations++;
    return __libc_calloc(items, count);
}

void *realloc(void *old, size_t count) {
    allocations++;
    return __libc_realloc(old, count);
}

void *memalign(size_t alignment, size_t count) {
    allocations++;
    return __libc_memalign(alignment, count);
}

void *aligned_alloc(size_t alignment, size_t count) { return memalign(alignment, count); }

int posix_memalign(void **place, size_t alignment, size_t count) {
    void *found = memalign(alignment, count);
    if (found == NULL) return ENOMEM;
    *place = found;
    return 0;
}
