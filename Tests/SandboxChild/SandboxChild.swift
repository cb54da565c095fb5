// SPDX-License-Identifier: Apache-2.0

import CSystem
import Capture
import Glibc

/// Tries what a process that was taken over would try, before it is shut in and after; prints
/// `before NAME allowed` and the like, and at last what it gave up. With `landlock` as its second
/// word it gives up no more than what that can take. With `carriers` as its first one it says how
/// often the interfaces that follow lost theirs.
@main
enum SandboxChild {
    static func main() {
        if CommandLine.arguments[1] == "carriers" {
            let losses = CommandLine.arguments.dropFirst(2).map(CarrierCount.losses)
            return say(losses.map { $0.map(String.init) ?? "none" }.joined(separator: " "))
        }
        var descriptors: [Int32] = [-1, -1]
        _ = unsafe pipe(&descriptors)
        let attempts = Attempts(file: CommandLine.arguments[1], other: descriptors[1])
        attempts.report("before")
        if CommandLine.arguments.dropFirst(2).first == "landlock" {
            _ = csystem_no_new_privileges()
            let version = csystem_landlock_all()
            attempts.report("after")
            return say("landlock \(version)")
        }
        let level = Sandbox.enter(writable: [1, 2])
        attempts.report("after")
        say("level \(level)")
    }
}

private func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(1, bytes, bytes.count)
}

private struct Attempts {
    let file: String
    /// A descriptor that is not among those that may be written to.
    let other: Int32

    func report(_ moment: String) {
        let attempts: [(String, () -> Bool)] = [
            ("open", opensFile), ("create", createsFile), ("socket", opensSocket),
            ("spawn", spawns), ("thread", startsThread), ("signal", signalsParent),
            ("write", writesElsewhere), ("code", makesCode),
        ]
        for (name, attempt) in attempts {
            say("\(moment) \(name) \(attempt() ? "allowed" : "refused")")
        }
    }

    private func opensFile() -> Bool { closing(unsafe open("/etc/passwd", O_RDONLY)) }

    private func createsFile() -> Bool {
        closing(unsafe open(file, O_WRONLY | O_CREAT, 0o600))
    }

    private func opensSocket() -> Bool {
        closing(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    }

    private func spawns() -> Bool {
        var process: pid_t = 0
        guard unsafe posix_spawn(&process, "/bin/true", nil, nil, [nil], [nil]) == 0 else {
            return false
        }
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
        return true
    }

    private func startsThread() -> Bool {
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, { _ in nil }, nil)
        if code == 0 { _ = pthread_join(thread, nil) }
        return code == 0
    }

    private func signalsParent() -> Bool { kill(getppid(), 0) == 0 }

    private func writesElsewhere() -> Bool { unsafe write(other, "x", 1) == 1 }

    private func makesCode() -> Bool {
        let page = unsafe mmap(
            nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return unsafe page != MAP_FAILED
    }

    private func closing(_ descriptor: Int32) -> Bool {
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }
}
