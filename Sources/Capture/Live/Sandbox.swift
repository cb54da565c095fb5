// SPDX-License-Identifier: Apache-2.0

private import CSystem
private import Glibc

/// Shuts this process in: from then on it reads the descriptors that it has, writes to them, and
/// takes memory. It can open, connect, start or signal nothing.
///
/// Each step is taken as far as the kernel has it, and told. To be called before any thread, since
/// capabilities belong to threads.
public enum Sandbox {
    /// The user that a process started by root becomes: the one who owns nothing (`nobody`).
    public static let powerlessUser: UInt32 = 65_534
    /// The most descriptors that are open afterwards.
    static let descriptorsMax: UInt = 32

    /// Gives everything up, and says what could be. `frames` is the descriptor that is asked for
    /// frames and for counts of them; `writable` are those that may be written to.
    public static func enter(frames: Int32? = nil, writable: [Int32]) -> SandboxLevel {
        if geteuid() == 0 {
            // Refused inside a user namespace that maps one user only: root has no power there.
            _ = csystem_become(powerlessUser, powerlessUser)
        }
        var level = SandboxLevel(user: geteuid())
        _ = csystem_drop_capabilities()
        level.lacksCapabilities = csystem_capabilities() == 0
        level.hasNoNewPrivileges = csystem_no_new_privileges() == 0
        // What these two forbid, seccomp and landlock forbid as well.
        _ = csystem_not_dumpable()
        _ = csystem_limit_resources(descriptorsMax)
        level.landlock = UInt32(max(0, csystem_landlock_all()))
        level.hasSeccomp = SystemCallFilter.install(frames: frames, writable: writable)
        return level
    }
}
