/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what a process may do, and the descriptors that Swift's Glibc module lacks. */
#ifndef CSYSTEM_SANDBOX_H
#define CSYSTEM_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns 0, or errno. What they give up can't be had back. Those of capabilities and
   prctl(2) hold for the calling thread and what it starts later: call them before any thread. */

/* setgroups, setresgid and setresuid to these numbers. */
int csystem_become(uint32_t user, uint32_t group);
/* Empties the permitted, effective, inheritable and ambient sets. */
int csystem_drop_capabilities(void);
/* The effective set as bits of capability(7); all ones where it can't be read. */
uint64_t csystem_capabilities(void);
/* PR_SET_NO_NEW_PRIVS: no execve(2) gives more than the process has. */
int csystem_no_new_privileges(void);
/* PR_SET_NAME: what lists of processes call the calling thread, up to 15 bytes. */
void csystem_name_thread(const char *name);
/* PR_SET_DUMPABLE 0: no core file, no ptrace(2) by the same user. */
int csystem_not_dumpable(void);
/* PR_SET_PDEATHSIG SIGKILL; ESRCH if the parent is not `parent` any more. */
int csystem_die_with(int parent);
/* Limits on new processes, on open files (to `descriptors`), file sizes and core files. */
int csystem_limit_resources(unsigned long descriptors);

/* Forbids everything that landlock(7) of this kernel can forbid: files, TCP ports, abstract
   sockets and signals to others. Returns its version (1 and up), or the negative of errno. */
int csystem_landlock_all(void);

/* The number of the user or group called `name` in /etc/passwd; -1 if there is none. */
int64_t csystem_user_number(const char *name, uint32_t *group);

/* Whether the process ignores a signal, as one that nohup(1) or a shell's `&` started does. A
   signal that is blocked waits all the same: whoever takes signals by waiting leaves these out. */
bool csystem_ignores(int signal);
/* signalfd(2) for SIGINT, SIGTERM and SIGHUP without those that are ignored, which it blocks;
   closed on exec, non-blocking. With `reloads` SIGHUP is no wish to end, and taken even then.
   Returns -1 and sets errno on failure. */
int csystem_signalfd(bool reloads);
/* pipe2(2) with both ends closed on exec: the one to read from, the one to write to. Returns -1 and
   sets errno on failure. */
int csystem_pipe(int ends[2]);
/* The number of a signal that a signalfd holds; 0 if none waits. */
int csystem_next_signal(int descriptor);

/* Sends one datagram to the Unix socket at `path`, waiting at most `milliseconds` for room.
   Returns 0, or errno. */
int csystem_send_datagram(const char *path, const void *bytes, size_t count, int milliseconds);

/* A network interface of this machine, or rather of this network namespace. */
typedef struct {
    char name[16];       /* ends with a zero byte */
    uint32_t index;      /* its number; 0 where the kernel tells none */
    uint32_t flags;      /* IFF_UP and others of netdevice(7) */
    uint32_t hardware;   /* ARPHRD_ETHER is 1, ARPHRD_LOOPBACK 772 */
    uint64_t mac;        /* the first octet highest */
    uint32_t address;    /* its first IPv4 address, first octet highest; 0 without one */
    uint32_t mask;       /* the mask of that address */
} csystem_interface;

/* A change that the kernel tells of one interface. */
typedef struct {
    uint32_t index; /* the interface's number */
    uint32_t flags; /* IFF_UP and others, as they are now */
    bool is_gone;   /* whether the interface was taken away */
} csystem_link_change;

/* A socket on which the kernel tells changes of interfaces (rtnetlink(7)), closed on exec,
   non-blocking. Returns -1 and sets errno on failure. */
int csystem_link_socket(void);
/* Takes the next change that waits; false if none does. What the kernel had no room for is lost. */
bool csystem_next_link_change(int descriptor, csystem_link_change *change);
/* How often the interface of this number lost its carrier; -1 without one, or where the kernel does
   not tell. */
int64_t csystem_carrier_losses(uint32_t index);

/* Fills `interfaces` with up to `count` of them; returns how many, or -1 and sets errno. */
int csystem_interfaces(csystem_interface *interfaces, int count);

#endif
