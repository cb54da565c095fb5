/* SPDX-License-Identifier: Apache-2.0 */
#include "CReplay.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS = 1000, PEERS = 8, FRAME_BYTES_MAX = 139, RECORD_BYTES = 16, BUFFER_BYTES = 1 << 20 };
/* The first host is the gateway, the last one the forger. */
enum { GATEWAY = 0, FORGER = HOSTS - 1 };

typedef struct {
    FILE *file;
    uint64_t written;
    uint64_t random;
} writer;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
static uint32_t draw(writer *w, uint32_t bound) {
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return (uint32_t)((w->random * 0x2545F4914F6CDD1DULL >> 33) % bound);
}

static void put_mac(uint8_t *at, uint32_t host) {
    const uint8_t mac[6] = {0x02, 0x00, host >> 24, host >> 16, host >> 8, host};
    memcpy(at, mac, 6);
}

static void put_ip(uint8_t *at, uint32_t host) {
    const uint8_t ip[4] = {10, host >> 16, host >> 8, host};
    memcpy(at, ip, 4);
}

static int put_frame(writer *w, const uint8_t *frame, uint32_t length) {
    uint32_t header[4] = {
        1700000000 + (uint32_t)(w->written / 10000), (uint32_t)(w->written % 10000 * 100), length,
        length};
    w->written++;
    return fwrite(header, sizeof header, 1, w->file) == 1
        && fwrite(frame, length, 1, w->file) == 1;
}

/* `sender` claims the address of `claimed`, in a question to everybody or an answer to `target`. */
static int put_arp(
    writer *w, int is_question, uint32_t sender, uint32_t claimed, uint32_t target) {
    uint8_t frame[60] = {0};
    static const uint8_t fixed[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0};
    put_mac(frame, target);
    if (is_question) memset(frame, 0xFF, 6);
    put_mac(frame + 6, sender);
    memcpy(frame + 12, fixed, sizeof fixed);
    frame[21] = is_question ? 1 : 2;
    put_mac(frame + 22, sender);
    put_ip(frame + 28, claimed);
    if (!is_question) put_mac(frame + 32, target);
    put_ip(frame + 38, target);
    return put_frame(w, frame, sizeof frame);
}

static int put_ipv4(writer *w, uint32_t sender, uint32_t target) {
    uint8_t frame[FRAME_BYTES_MAX] = {0};
    uint32_t length = 60 + draw(w, FRAME_BYTES_MAX - 59);
    int is_datagram = draw(w, 5) == 0;
    put_mac(frame, target);
    put_mac(frame + 6, sender);
    frame[12] = 0x08;
    frame[14] = 0x45;
    frame[16] = (uint8_t)((length - 14) >> 8);
    frame[17] = (uint8_t)(length - 14);
    frame[22] = 64;
    frame[23] = is_datagram ? 17 : 6;
    put_ip(frame + 26, sender);
    put_ip(frame + 30, target);
    frame[34] = 0xC0;
    frame[36] = 0x01;
    frame[37] = 0xBB;
    return put_frame(w, frame, length);
}

static int put_mixed(writer *w, const creplay_mix *mix) {
    uint64_t next_flip = 0;
    uint64_t between = mix->flips == 0 ? UINT64_MAX : mix->frames / mix->flips;
    while (w->written < mix->frames) {
        uint32_t asker = draw(w, FORGER);
        uint32_t peer = (asker + 1 + draw(w, PEERS) * 37) % FORGER;
        if (w->written >= next_flip && mix->frames - w->written > 4) {
            next_flip += between;
            if (!put_arp(w, 1, FORGER, FORGER, peer)) return 0;
            if (!put_arp(w, 0, FORGER, GATEWAY, asker)) return 0;
            if (!put_arp(w, 1, GATEWAY, GATEWAY, asker)) return 0;
            if (!put_arp(w, 0, asker, asker, GATEWAY)) return 0;
        } else if (draw(w, 200 - mix->arp_percent) < mix->arp_percent) {
            if (!put_arp(w, 1, asker, asker, peer)) return 0;
            if (w->written < mix->frames && !put_arp(w, 0, peer, peer, asker)) return 0;
        } else if (!put_ipv4(w, asker, peer)) {
            return 0;
        }
    }
    return 1;
}

static int put_invented(writer *w, const creplay_mix *mix) {
    for (uint32_t host = HOSTS; w->written < mix->frames; host++) {
        if (!put_arp(w, 0, host, host, GATEWAY)) return 0;
    }
    return 1;
}

int creplay_write(const char *path, const creplay_mix *mix) {
    static const uint32_t header[6] = {0xA1B2C3D4, 2 | 4 << 16, 0, 0, 262144, 1};
    writer w = {.file = fopen(path, "wb"), .random = 88172645463325252ULL};
    if (w.file == NULL) return errno;
    setvbuf(w.file, NULL, _IOFBF, BUFFER_BYTES);
    int is_whole = fwrite(header, sizeof header, 1, w.file) == 1
        && (mix->invents_senders ? put_invented(&w, mix) : put_mixed(&w, mix));
    int failure = is_whole ? 0 : errno;
    if (fclose(w.file) != 0 && failure == 0) failure = errno;
    return failure;
}
