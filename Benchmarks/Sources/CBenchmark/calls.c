/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the system calls of one thread of another process with ptrace(2). */
#define _GNU_SOURCE
#include "CBenchmark.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A call that nothing else makes: it tells the watcher where counting starts and ends. */
enum { MARK = SYS_getppid };

int cbenchmark_be_watched(void) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) return errno;
    return raise(SIGSTOP);
}

void cbenchmark_mark(void) { syscall(MARK); }

/* Lets the thread go on to its next call or signal; false once the process has ended. */
static bool next_stop(pid_t process, int signal, int *status) {
    if (ptrace(PTRACE_SYSCALL, process, NULL, (long)signal) != 0) return false;
    return waitpid(process, status, 0) == process && WIFSTOPPED(*status);
}

static int64_t count_calls(pid_t process) {
    int64_t count = 0;
    int marks = 0;
    int signal = 0;
    int status = 0;
    while (next_stop(process, signal, &status)) {
        signal = 0;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            signal = WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
            continue;
        }
        struct ptrace_syscall_info info;
        long known = ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info);
        if (known <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
        if (info.entry.nr == MARK) {
            marks++;
        } else if (marks == 1) {
            count++;
        }
    }
    return marks == 2 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? count : -1;
}

int64_t cbenchmark_system_calls(const char *path, char *const *arguments) {
    pid_t process = 0;
    int status = 0;
    if (posix_spawn(&process, path, NULL, NULL, arguments, environ) != 0) return -1;
    if (waitpid(process, &status, WUNTRACED) != process || !WIFSTOPPED(status)) return -1;
    if (ptrace(PTRACE_SETOPTIONS, process, NULL, (long)PTRACE_O_TRACESYSGOOD) != 0) {
        kill(process, SIGKILL);
        waitpid(process, &status, 0);
        return -1;
    }
    return count_calls(process);
}
