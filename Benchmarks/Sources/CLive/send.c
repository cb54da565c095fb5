/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CLive.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HOSTS = 4000, PEERS = 8, FRAME_BYTES = 60, FRAMES = 2 * HOSTS, BATCH = 64 };

static void put_host(uint8_t *mac, uint8_t *ip, uint32_t host) {
    const uint8_t hardware[6] = {0x02, 0, 0, 0, host >> 8, host};
    const uint8_t address[4] = {10, 0, host >> 8, host};
    memcpy(mac, hardware, 6);
    if (ip != NULL) memcpy(ip, address, 4);
}

/* A question of `sender` for `target`, or an answer to it. */
static void put_arp(uint8_t *frame, int is_question, uint32_t sender, uint32_t target) {
    static const uint8_t fixed[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0};
    memset(frame, 0, FRAME_BYTES);
    put_host(frame, frame + 38, target);
    if (is_question) memset(frame, 0xFF, 6);
    put_host(frame + 6, NULL, sender);
    memcpy(frame + 12, fixed, sizeof fixed);
    frame[21] = is_question ? 1 : 2;
    put_host(frame + 22, frame + 28, sender);
    if (!is_question) put_host(frame + 32, NULL, target);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(int64_t time) {
    struct timespec at = {time / 1000000000, time % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {}
}

static int open_interface(const char *interface) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_ifindex = (int) if_nametoindex(interface)};
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    int bypass = 1;
    if (descriptor < 0) return -1;
    setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass);
    if (bind(descriptor, (struct sockaddr *) &address, sizeof address) == 0) return descriptor;
    close(descriptor);
    return -1;
}

int64_t clive_send(
    const char *interface, uint32_t rate, uint32_t milliseconds, int64_t *nanoseconds) {
    static uint8_t frames[FRAMES][FRAME_BYTES];
    static struct iovec pieces[FRAMES];
    static struct mmsghdr messages[FRAMES + BATCH];
    for (uint32_t pair = 0; pair < HOSTS; pair++) {
        uint32_t peer = (pair + 1 + pair % PEERS * 37) % HOSTS;
        put_arp(frames[2 * pair], 1, pair, peer);
        put_arp(frames[2 * pair + 1], 0, peer, pair);
    }
    for (int i = 0; i < FRAMES; i++) pieces[i] = (struct iovec) {frames[i], FRAME_BYTES};
    for (int i = 0; i < FRAMES + BATCH; i++) {
        messages[i].msg_hdr = (struct msghdr) {.msg_iov = &pieces[i % FRAMES], .msg_iovlen = 1};
    }
    int descriptor = open_interface(interface);
    if (descriptor < 0) return -1;
    int64_t start = now(), sent = 0, wanted = (int64_t) rate * milliseconds / 1000;
    while (sent < wanted) {
        int64_t due = (now() - start) * rate / 1000000000;
        if (due > wanted) due = wanted;
        if (due - sent < BATCH && due < wanted) {
            sleep_until(start + (sent + BATCH) * 1000000000LL / rate);
            continue;
        }
        unsigned count = due - sent > BATCH ? BATCH : (unsigned) (due - sent);
        int taken = sendmmsg(descriptor, messages + sent % FRAMES, count, 0);
        if (taken > 0) sent += taken;
        else if (errno != ENOBUFS && errno != EINTR) break;
    }
    *nanoseconds = now() - start;
    close(descriptor);
    return sent > 0 ? sent : -1;
}
