// SPDX-License-Identifier: Apache-2.0
// Tells the thread sanitizer what Swift's Mutex does where two threads meet: its slow ways are in
// the runtime, where the sanitizer does not look, so that all they put in order looks like a race.
// Scripts/sanitize has this loaded before the runtime; the runtime's own code does the work.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// They are there in a program that runs under the sanitizer alone.
void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define HANDLE "$s15Synchronization12_MutexHandleV"
#define LOCK HANDLE "9_lockSlowyys6UInt32VF"
#define TRY_LOCK HANDLE "12_tryLockSlowSbyF"
#define UNLOCK HANDLE "11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT _Bool try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void unlock(SELF) __asm__(UNLOCK);

SWIFT void lock(uint32_t thread, SELF) {
    SWIFT void (*runtime)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    runtime(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT _Bool try_lock(SELF) {
    SWIFT _Bool (*runtime)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
    _Bool is_taken = runtime(self);
    if (is_taken && __tsan_acquire) __tsan_acquire(self);
    return is_taken;
}

SWIFT void unlock(SELF) {
    SWIFT void (*runtime)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(self);
    runtime(self);
}
