/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CReplay.h"
#include <fcntl.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int64_t creplay_count(const char *path) {
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *handle = pcap_open_offline(path, reason);
    if (handle == NULL) return -1;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int64_t count = 0;
    int status;
    while ((status = pcap_next_ex(handle, &header, &bytes)) == 1) count++;
    pcap_close(handle);
    return status == PCAP_ERROR_BREAK ? count : -1;
}

static int64_t nanoseconds(struct timeval time) {
    return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

int creplay_run(
    char *const *arguments, int64_t *wall, int64_t *processor, int64_t *peak_kib) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child;
    int failure = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return -1;
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) return -1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    *wall = (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec;
    *processor = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    *peak_kib = usage.ru_maxrss;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
