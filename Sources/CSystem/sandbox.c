/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystemSandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int csystem_become(uint32_t user, uint32_t group) {
    if (setgroups(0, NULL) != 0) return errno;
    if (setresgid(group, group, group) != 0) return errno;
    if (setresuid(user, user, user) != 0) return errno;
    return 0;
}

int csystem_drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    /* A kernel older than ambient capabilities has none to clear. */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
        return errno;
    return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

uint64_t csystem_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, held) != 0) return UINT64_MAX;
    return (uint64_t)held[1].effective << 32 | held[0].effective;
}

int csystem_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

void csystem_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int csystem_not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }

int csystem_die_with(int parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    /* It may have died before; the signal would then never come. */
    return getppid() == parent ? 0 : ESRCH;
}

int csystem_limit_resources(unsigned long descriptors) {
    const struct {
        __rlimit_resource_t resource;
        rlim_t limit;
    } limits[] = {{RLIMIT_NPROC, 0}, {RLIMIT_NOFILE, descriptors}, {RLIMIT_FSIZE, 0},
                  {RLIMIT_CORE, 0}};
    for (size_t each = 0; each < sizeof limits / sizeof *limits; each++) {
        struct rlimit limit = {limits[each].limit, limits[each].limit};
        if (setrlimit(limits[each].resource, &limit) != 0) return errno;
    }
    return 0;
}

/* The layout of struct landlock_ruleset_attr, of which older headers know a part. */
struct ruleset {
    uint64_t files, network, scoped;
};

int csystem_landlock_all(void) {
    int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
                               LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0) return -errno;
    /* One bit for each right that the version knows; landlock(7) lists them. */
    static const int file_rights[] = {0, 13, 14, 15, 15, 16};
    int known = version < 5 ? version : 5;
    struct ruleset everything = {.files = (1ULL << file_rights[known]) - 1,
                                 .network = version >= 4 ? 3 : 0,
                                 .scoped = version >= 6 ? 3 : 0};
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &everything, size, 0);
    if (ruleset < 0) return -errno;
    int failure = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ? 0 : errno;
    close(ruleset);
    return failure ? -failure : version;
}
