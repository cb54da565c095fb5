/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CLive.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int clive_start(const char *path, char *const *arguments, clive_program *program) {
    int out[2], err[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    int status = posix_spawn(&program->process, path, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    program->output = out[0];
    program->errors = err[0];
    return status;
}

static int64_t nanoseconds(struct timeval time) {
    return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

int clive_stop(clive_program *program, int64_t *processor) {
    int status;
    struct rusage usage;
    kill(program->process, SIGTERM);
    if (wait4(program->process, &status, 0, &usage) != program->process) return -1;
    *processor = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static volatile sig_atomic_t is_over;

static void end(int number) {
    (void) number;
    is_over = 1;
}

/* What a watch asks libpcap for. */
static pcap_t *open_interface(const char *interface, int ring_mib) {
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *handle = pcap_create(interface, reason);
    struct bpf_program program;
    if (handle == NULL) return NULL;
    pcap_set_snaplen(handle, 512);
    pcap_set_promisc(handle, 1);
    pcap_set_immediate_mode(handle, 1);
    pcap_set_buffer_size(handle, ring_mib << 20);
    int is_open = pcap_activate(handle) >= 0 && pcap_setnonblock(handle, 1, reason) == 0
        && pcap_compile(handle, &program, "arp", 1, PCAP_NETMASK_UNKNOWN) == 0
        && pcap_setfilter(handle, &program) == 0;
    if (is_open) return handle;
    pcap_close(handle);
    return NULL;
}

int clive_count(const char *interface, int ring_mib) {
    pcap_t *handle = open_interface(interface, ring_mib);
    if (handle == NULL) return 2;
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    fputs("reading\n", stderr);
    struct pollfd readable = {.fd = pcap_get_selectable_fd(handle), .events = POLLIN};
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int64_t count = 0;
    while (!is_over) {
        while (pcap_next_ex(handle, &header, &bytes) == 1) count++;
        poll(&readable, 1, 1000);
    }
    while (pcap_next_ex(handle, &header, &bytes) == 1) count++;
    struct pcap_stat counts = {0};
    int status = pcap_stats(handle, &counts);
    printf("{\"frames\":%lld,\"dropped\":%u}\n", (long long) count, counts.ps_drop);
    pcap_close(handle);
    return status == 0 ? 0 : 2;
}
