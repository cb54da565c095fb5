/* SPDX-License-Identifier: Apache-2.0 */
#include "CSystem.h"

#include <errno.h>
#include <sys/random.h>

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
