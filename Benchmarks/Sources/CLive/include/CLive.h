/* SPDX-License-Identifier: Apache-2.0 */
/* A network interface's worth of ARP, and the least that it takes to read it. */
#ifndef CLIVE_H
#define CLIVE_H

#include <stdint.h>
#include <sys/types.h>

/* A program whose standard output and standard error can be read. */
typedef struct {
    pid_t process;
    int output;
    int errors;
} clive_program;

/* Starts a program. Returns 0, or errno. */
int clive_start(const char *path, char *const *arguments, clive_program *program);

/* Asks it to end, and waits. Returns its exit status, -1 for another end; `processor` is what it
   and those that it waited for took, in nanoseconds. */
int clive_stop(clive_program *program, int64_t *processor);

/* Sends questions and answers of 4,000 hosts out of an interface, `rate` a second for so many
   milliseconds; late ones are made up for. Returns how many the kernel took; -1 if it takes none.
   `nanoseconds` is how long it took. */
int64_t clive_send(
    const char *interface, uint32_t rate, uint32_t milliseconds, int64_t *nanoseconds);

/* Reads an interface with libpcap and a ring of so many MiB until SIGTERM, does nothing with its
   frames, and prints how many there were and how many the kernel dropped. Writes a line to
   standard error once it reads. Returns an exit status. */
int clive_count(const char *interface, int ring_mib);

#endif
