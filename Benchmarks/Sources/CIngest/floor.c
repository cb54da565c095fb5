/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a durable intake can do: one thread receives and answers, one appends and syncs
   what gathered while the last sync ran. */
#define _GNU_SOURCE
#include "CIngest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES = 64 << 10, WAITING = 1024, EVENTS = 64 };

typedef struct {
    int socket;
    size_t received;
    char bytes[REQUEST_BYTES];
} client;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static client *waiting[WAITING], *synced[WAITING];
static size_t waiting_count, synced_count;
static int file, wake;

static void *sync_groups(void *unused) {
    client *group[WAITING];
    (void) unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (waiting_count == 0) pthread_cond_wait(&filled, &lock);
        size_t count = waiting_count;
        memcpy(group, waiting, count * sizeof *group);
        waiting_count = 0;
        pthread_mutex_unlock(&lock);
        for (size_t index = 0; index < count; index++)
            if (write(file, group[index]->bytes, group[index]->received) < 0) abort();
        if (fdatasync(file) != 0) abort();
        pthread_mutex_lock(&lock);
        memcpy(synced + synced_count, group, count * sizeof *group);
        synced_count += count;
        pthread_mutex_unlock(&lock);
        uint64_t one = 1;
        if (write(wake, &one, sizeof one) < 0) abort();
    }
    return NULL;
}

static void answer_synced(void) {
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
    uint64_t drained;
    if (read(wake, &drained, sizeof drained) < 0) return;
    pthread_mutex_lock(&lock);
    for (size_t index = 0; index < synced_count; index++) {
        synced[index]->received = 0;
        send(synced[index]->socket, answer, sizeof answer - 1, MSG_NOSIGNAL);
    }
    synced_count = 0;
    pthread_mutex_unlock(&lock);
}

static int is_whole(client *one) {
    one->bytes[one->received] = 0;
    char *end = strstr(one->bytes, "\r\n\r\n");
    char *length = strcasestr(one->bytes, "\r\ncontent-length:");
    if (!end || !length || length > end) return 0;
    return one->received >= (size_t) (end + 4 - one->bytes) + strtoul(length + 17, NULL, 10);
}

static void receive(client *one) {
    ssize_t got = recv(one->socket, one->bytes + one->received,
                       REQUEST_BYTES - 1 - one->received, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) close(one->socket);
        return;
    }
    one->received += (size_t) got;
    if (!is_whole(one)) return;
    pthread_mutex_lock(&lock);
    waiting[waiting_count++] = one;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
}

static int listen_free(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket_ < 0 || bind(socket_, (struct sockaddr *) &address, size) != 0 ||
        listen(socket_, 128) != 0 || getsockname(socket_, (struct sockaddr *) &address, &size) != 0)
        return -1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return socket_;
}

static void watch(int poll, int descriptor, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = pointer};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int cingest_floor(const char *path) {
    struct epoll_event events[EVENTS];
    pthread_t thread;
    int listener = listen_free(), poll = epoll_create1(EPOLL_CLOEXEC), yes = 1;
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    wake = eventfd(0, EFD_CLOEXEC);
    if (listener < 0 || poll < 0 || file < 0 || wake < 0) return errno;
    if (pthread_create(&thread, NULL, sync_groups, NULL) != 0) return EAGAIN;
    watch(poll, listener, &listener);
    watch(poll, wake, &wake);
    watch(poll, 0, NULL);
    for (;;) {
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            void *pointer = events[index].data.ptr;
            if (!pointer) return 0;
            if (pointer == &wake) {
                answer_synced();
            } else if (pointer == &listener) {
                client *one = calloc(1, sizeof *one);
                one->socket = accept(listener, NULL, NULL);
                setsockopt(one->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                watch(poll, one->socket, one);
            } else {
                receive(pointer);
            }
        }
    }
}
