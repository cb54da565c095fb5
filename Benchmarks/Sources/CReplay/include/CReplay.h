/* SPDX-License-Identifier: Apache-2.0 */
/* Captures made for measuring replay, and the floors that it is measured against. */
#ifndef CREPLAY_H
#define CREPLAY_H

#include <stdint.h>

/* What a capture holds. 1,000 hosts talk to eight peers each, 10,000 frames a second; the rest of
   a mix is TCP and UDP of 60 to 139 bytes, one datagram in five packets. The same values make the
   same bytes. */
typedef struct {
    uint64_t frames;
    /* How many of 100 frames are ARP: half questions, half their answers. */
    uint32_t arp_percent;
    /* How often a forger tells a host that it is the gateway, which the gateway then denies. */
    uint32_t flips;
    /* Instead of all that: every frame is the claim of a station that was never seen. */
    int invents_senders;
} creplay_mix;

/* Writes a classic capture. Returns 0, or errno. */
int creplay_write(const char *path, const creplay_mix *mix);

/* Reads a capture with libpcap and does nothing with its frames. Returns how many there are; -1 if
   that fails. */
int64_t creplay_count(const char *path);

/* Runs a program with its standard output thrown away, and waits for it. Returns its exit
   status; -1 if it could not be run. Times are in nanoseconds, memory in KiB at its highest. */
int creplay_run(
    char *const *arguments, int64_t *wall, int64_t *processor, int64_t *peak_kib);

#endif
