// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CSyncWatch.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Jumps to the end of the program, which notifies, if the call has this number. */
#define WATCHED(number, rest) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), (rest), 0)

int sync_watch_begin(void) {
    struct sock_filter lines[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        WATCHED(SYS_fsync, 3),
        WATCHED(SYS_fdatasync, 2),
        WATCHED(SYS_msync, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    };
    struct sock_fprog filter = {.len = sizeof lines / sizeof *lines, .filter = lines};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                            SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    return listener < 0 ? -errno : (int)listener;
}

int sync_watch_next(int listener, sync_call *call) {
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    for (;;) {
        if (poll(&wait, 1, -1) < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        if (!(wait.revents & POLLIN)) return 0;
        struct seccomp_notif notice;
        memset(&notice, 0, sizeof notice);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) == 0) {
            call->id = notice.id;
            call->is_memory = notice.data.nr == SYS_msync;
            call->argument = notice.data.args[0];
            return 1;
        }
        /* The thread was interrupted, and asks again. */
        if (errno != EINTR && errno != ENOENT) return -errno;
    }
}

int sync_watch_let(int listener, uint64_t id) {
    struct seccomp_notif_resp answer = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0) return 0;
    return errno == ENOENT ? 0 : errno;
}
