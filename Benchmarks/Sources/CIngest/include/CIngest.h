/* SPDX-License-Identifier: Apache-2.0 */
/* A load generator for HTTP over keep-alive connections, and the floor of what a durable intake
   costs: receiving, appending and syncing in groups, without reading what came. */
#ifndef CINGEST_H
#define CINGEST_H

#include <stddef.h>
#include <stdint.h>

/* Whole requests, one after the other in `bytes`; `ends[i]` is where request i ends. */
typedef struct {
    const uint8_t *bytes;
    const size_t *ends;
    size_t count;
} cingest_requests;

/* What a load came to. */
typedef struct {
    uint64_t answered;     /* with status 200 */
    uint64_t refused;      /* with another status */
    uint64_t failed;       /* connections that broke; their requests are sent again elsewhere */
    double seconds;
} cingest_result;

/* Sends each request once over `connections` to a loopback port and waits for its answer, each
   connection one request at a time. With `per_second` over 0 requests are begun at that rate at
   most. `latencies`, if not NULL, takes the microseconds of each request from its due time to its
   answer. Returns 0, or errno. */
int cingest_load(
    uint16_t port, int connections, cingest_requests requests, double per_second,
    uint32_t *latencies, cingest_result *result);

/* Serves POST requests on a free loopback port until its standard input ends: appends each body to
   the file, syncs all bodies that came meanwhile together, then answers 200. Writes the port to
   standard output as a line. Returns errno if it can't. */
int cingest_floor(const char *path);

/* A server that was started, and the port that it told. */
typedef struct {
    int process;
    int input;
    int output;
    uint16_t port;
} cingest_server;

/* Starts a server and waits for the line that names its port. Returns 0, or errno. */
int cingest_start(const char *path, char *const *arguments, cingest_server *server);
/* The port in the next line that the server tells; 0 if it tells none. */
uint16_t cingest_next_port(const cingest_server *server);
/* Ends the server and waits for that. */
void cingest_stop(cingest_server *server);

/* Fetches a path over a connection of its own, to its last byte. Returns the seconds that took, and
   the number of bytes of the answer; negative if it is not 200. */
double cingest_get(uint16_t port, const char *path, size_t *bytes);

/* User and system CPU time of a process in seconds; negative if there is none. */
double cingest_cpu(int process);

/* Peak resident memory of a process in KiB; negative if there is none. */
long cingest_peak_kib(int process);

#endif
