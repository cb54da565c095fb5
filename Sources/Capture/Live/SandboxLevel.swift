// SPDX-License-Identifier: Apache-2.0

/// What a process has given up before it reads what strangers sent.
public struct SandboxLevel: Equatable, Sendable, CustomStringConvertible {
    /// The user number that it runs under.
    public var user: UInt32
    /// Whether it holds no capability any more.
    public var lacksCapabilities = false
    /// Whether no program that it starts can have more rights (`no_new_privs`).
    public var hasNoNewPrivileges = false
    /// Whether the kernel refuses every system call that reading frames does not need (seccomp).
    public var hasSeccomp = false
    /// The version of landlock that shuts files, ports, sockets and signals off; 0 without it.
    public var landlock: UInt32 = 0

    /// The level of a process of this user that has given up nothing yet.
    public init(user: UInt32) {
        self.user = user
    }

    /// Whether nothing that this kernel could do is missing.
    public var isWhole: Bool {
        lacksCapabilities && hasNoNewPrivileges && hasSeccomp && landlock > 0
    }

    /// What holds, in the order in which it was given up; what does not hold is named too.
    public var description: String {
        [
            "user \(user)",
            lacksCapabilities ? "no capabilities" : "capabilities kept",
            hasNoNewPrivileges ? "no new privileges" : "privileges can be regained",
            hasSeccomp ? "seccomp" : "no seccomp",
            landlock > 0 ? "landlock \(landlock)" : "no landlock",
        ].joined(separator: ", ")
    }
}
