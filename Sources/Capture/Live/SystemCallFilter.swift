// SPDX-License-Identifier: Apache-2.0

private import CSeccomp
private import CSystem
private import Glibc

/// The system calls that are left to a process in the sandbox; every other one fails with EPERM.
enum SystemCallFilter {
    /// Whatever their arguments are. Some exist on some processors only; libseccomp knows which.
    private static let allowed = [
        // Reading frames.
        "read", "recvfrom", "poll", "ppoll", "close", "restart_syscall",
        // Memory, time, and what the C library and Swift's runtime do by themselves.
        "brk", "munmap", "mremap", "madvise", "futex", "clock_gettime", "clock_getres",
        "gettimeofday", "getrandom", "getpid", "gettid", "sched_yield", "rseq",
        // Signals and the end.
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "exit", "exit_group",
    ]

    /// Asks of a packet socket: is the interface up (SIOCGIFFLAGS), which number has it.
    private static let questions: [UInt64] = [0x8913, 0x8933]

    /// Installs the filter for all threads; false if the kernel or libseccomp refuses.
    ///
    /// Writing to a packet socket would send a frame, so that writing is limited to `writable`.
    static func install(frames: Int32?, writable: [Int32]) -> Bool {
        guard let filter = unsafe seccomp_init(cseccomp_refuse()) else { return false }
        defer { unsafe seccomp_release(filter) }
        // Threads that a library may have started are shut in too.
        var isComplete = unsafe seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0
        func allow(_ name: String, _ conditions: [scmp_arg_cmp] = []) {
            let number = unsafe seccomp_syscall_resolve_name(name)
            // A call that this processor does not have needs no rule.
            guard number != __NR_SCMP_ERROR else { return }
            let code = unsafe seccomp_rule_add_array(
                filter, UInt32(SCMP_ACT_ALLOW), number, UInt32(conditions.count), conditions)
            if code != 0 { isComplete = false }
        }
        for name in allowed { allow(name) }
        // Memory that can run as code is out of reach.
        for name in ["mmap", "mmap2", "mprotect"] {
            allow(name, [cseccomp_lacks(2, UInt64(PROT_EXEC))])
        }
        for descriptor in writable { allow("write", [cseccomp_equals(0, UInt64(descriptor))]) }
        allow("tgkill", [cseccomp_equals(0, UInt64(getpid()))])
        if let frames {
            let own = cseccomp_equals(0, UInt64(frames))
            allow("getsockopt", [own])
            for question in questions { allow("ioctl", [own, cseccomp_equals(1, question)]) }
        }
        guard isComplete else { return false }
        return unsafe seccomp_load(filter) == 0
    }
}
