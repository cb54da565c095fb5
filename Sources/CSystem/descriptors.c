/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystemSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int64_t csystem_user_number(const char *name, uint32_t *group) {
    FILE *file = fopen("/etc/passwd", "re");
    if (!file) return -1;
    int64_t number = -1;
    for (struct passwd *entry; (entry = fgetpwent(file));) {
        if (strcmp(entry->pw_name, name) != 0) continue;
        number = entry->pw_uid;
        *group = entry->pw_gid;
        break;
    }
    fclose(file);
    return number;
}

bool csystem_ignores(int signal) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) != 0 || action.sa_flags & SA_SIGINFO) return false;
    return action.sa_handler == SIG_IGN;
}

int csystem_signalfd(bool reloads) {
    sigset_t signals;
    sigemptyset(&signals);
    if (!csystem_ignores(SIGINT)) sigaddset(&signals, SIGINT);
    if (!csystem_ignores(SIGTERM)) sigaddset(&signals, SIGTERM);
    if (reloads || !csystem_ignores(SIGHUP)) sigaddset(&signals, SIGHUP);
    errno = pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return errno ? -1 : signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int csystem_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int csystem_next_signal(int descriptor) {
    struct signalfd_siginfo information;
    ssize_t got;
    do {
        got = read(descriptor, &information, sizeof information);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof information ? (int)information.ssi_signo : 0;
}

int csystem_send_datagram(const char *path, const void *bytes, size_t count, int milliseconds) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
    int failure = 0;
    ssize_t sent = 0;
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
        connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        failure = errno;
    while (!failure && (sent = send(descriptor, bytes, count, MSG_NOSIGNAL)) < 0)
        if (errno != EINTR) failure = errno;
    close(descriptor);
    return failure;
}
