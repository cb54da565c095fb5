/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CIngest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_BYTES = 8192, EVENTS = 64 };

typedef struct {
    int socket;
    size_t request; /* index; SIZE_MAX = none */
    size_t sent;
    size_t received;
    double due;
    char answer[ANSWER_BYTES];
} connection;

typedef struct {
    cingest_requests requests;
    size_t next;
    size_t open; /* begun and not answered */
    double start;
    double interval;
    uint32_t *latencies;
    cingest_result *result;
    int poll;
} load;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static int connect_to(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (socket_ < 0) return -1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(socket_, (struct sockaddr *) &address, sizeof address) != 0) {
        close(socket_);
        return -1;
    }
    return socket_;
}

static void watch(load *all, connection *one, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = one};
    epoll_ctl(all->poll, operation, one->socket, &event);
}

/* Sends as much of the connection's request as the socket takes; 0 when that failed. */
static int push(load *all, connection *one) {
    size_t begin = one->request ? all->requests.ends[one->request - 1] : 0;
    size_t bytes = all->requests.ends[one->request] - begin;
    while (one->sent < bytes) {
        ssize_t sent = send(one->socket, all->requests.bytes + begin + one->sent,
                            bytes - one->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        one->sent += (size_t) sent;
    }
    return 1;
}

/* Gives the connection its next request, if one is due; 0 when the connection failed. */
static int begin(load *all, connection *one) {
    if (all->next == all->requests.count) return 1;
    double due = all->start + (double) all->next * all->interval;
    if (all->interval > 0 && now() < due) return 1;
    one->request = all->next++;
    one->due = all->interval > 0 ? due : now();
    one->sent = one->received = 0;
    all->open++;
    return push(all, one);
}

/* Whether the answer is whole: head and, as Content-Length says, body. */
static int is_whole(connection *one) {
    one->answer[one->received] = 0;
    char *end = strstr(one->answer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(one->answer, "\r\ncontent-length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return one->received >= (size_t) (end + 4 - one->answer) + body;
}

/* Takes what came; 0 when the connection failed. */
static int pull(load *all, connection *one) {
    while (one->request != SIZE_MAX) {
        ssize_t got = recv(one->socket, one->answer + one->received,
                           ANSWER_BYTES - 1 - one->received, MSG_DONTWAIT);
        if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        if (got == 0) return 0;
        one->received += (size_t) got;
        if (!is_whole(one)) continue;
        int fine = strncmp(one->answer, "HTTP/1.1 200", 12) == 0;
        if (fine) all->result->answered++;
        else all->result->refused++;
        if (all->latencies)
            all->latencies[one->request] = (uint32_t) ((now() - one->due) * 1e6);
        one->request = SIZE_MAX;
        all->open--;
        if (!begin(all, one)) return 0;
    }
    return 1;
}

/* Connects anew and sends the request that was on its way again. */
static int again(load *all, connection *one, uint16_t port) {
    all->result->failed++;
    close(one->socket);
    one->socket = connect_to(port);
    if (one->socket < 0) return 0;
    watch(all, one, EPOLLIN | EPOLLOUT | EPOLLET, EPOLL_CTL_ADD);
    one->sent = one->received = 0;
    return one->request == SIZE_MAX || push(all, one);
}

static int run(load *all, connection *connections, int count, uint16_t port) {
    struct epoll_event events[EVENTS];
    while (all->next < all->requests.count || all->open > 0) {
        int wait = all->interval > 0 ? 1 : 1000;
        int ready = epoll_wait(all->poll, events, EVENTS, wait);
        for (int index = 0; index < ready; index++) {
            connection *one = events[index].data.ptr;
            int fine = one->request == SIZE_MAX || push(all, one);
            if ((!fine || !pull(all, one)) && !again(all, one, port)) return errno;
        }
        for (int index = 0; index < count; index++) {
            connection *one = &connections[index];
            if (one->request == SIZE_MAX && !begin(all, one) && !again(all, one, port))
                return errno;
        }
    }
    return 0;
}

int cingest_load(
    uint16_t port, int count, cingest_requests requests, double per_second,
    uint32_t *latencies, cingest_result *result) {
    connection *connections = calloc((size_t) count, sizeof *connections);
    load all = {.requests = requests, .latencies = latencies, .result = result};
    int status = 0;
    if (!connections) return ENOMEM;
    memset(result, 0, sizeof *result);
    all.interval = per_second > 0 ? 1 / per_second : 0;
    all.poll = epoll_create1(EPOLL_CLOEXEC);
    for (int index = 0; index < count && status == 0; index++) {
        connections[index].request = SIZE_MAX;
        connections[index].socket = connect_to(port);
        if (connections[index].socket < 0) status = errno;
        else watch(&all, &connections[index], EPOLLIN | EPOLLOUT | EPOLLET, EPOLL_CTL_ADD);
    }
    all.start = now();
    if (status == 0) status = run(&all, connections, count, port);
    result->seconds = now() - all.start;
    for (int index = 0; index < count; index++)
        if (connections[index].socket > 0) close(connections[index].socket);
    close(all.poll);
    free(connections);
    return status;
}

double cingest_get(uint16_t port, const char *path, size_t *bytes) {
    static char answer[16 << 20];
    char request[512];
    double start = now();
    int socket = connect_to(port), fine = 0;
    if (socket < 0) return -1;
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
                          path, port);
    *bytes = 0;
    for (int sent = 0; sent < length;) {
        ssize_t more = send(socket, request + sent, (size_t) (length - sent), MSG_NOSIGNAL);
        if (more < 0 && errno != EAGAIN) break;
        if (more > 0) sent += (int) more;
    }
    for (;;) {
        struct pollfd readable = {.fd = socket, .events = POLLIN};
        poll(&readable, 1, -1);
        ssize_t got = recv(socket, answer + *bytes, sizeof answer - *bytes, 0);
        if (got < 0 && errno == EAGAIN) continue;
        if (got <= 0) break;
        *bytes += (size_t) got;
    }
    fine = *bytes > 12 && strncmp(answer, "HTTP/1.1 200", 12) == 0;
    close(socket);
    return fine ? now() - start : -1;
}

double cingest_cpu(int process) {
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0) return -1;
    return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

long cingest_peak_kib(int process) {
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *file = fopen(path, "re");
    if (!file) return -1;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1) break;
    fclose(file);
    return kib;
}
