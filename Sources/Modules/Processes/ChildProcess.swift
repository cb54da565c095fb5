// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// Another program: run beside this one until it ends, or in this one's place.
///
/// It inherits standard input, output and error, the working folder and the environment; run beside
/// this one, no other descriptor.
public struct ChildProcess: Sendable, Equatable {
    /// How a program ended.
    public enum End: Sendable, Equatable {
        /// By itself, with this status.
        case exited(Int32)
        /// By a signal of this number, from whomever.
        case signalled(Int32)
        /// By a signal of ours, since it was still running at its deadline.
        case overdue
    }

    /// The time between asking an overdue program to end and ending it by force.
    public static let graceMilliseconds: Int64 = 2_000

    /// The program's file; no folder is searched.
    public let path: String
    /// The program's name on its command line.
    public let name: String
    /// What follows the name.
    public let arguments: [String]
    /// Variables to add to the environment, or to change in it.
    public let variables: [String: String]

    /// Describes a program to run; nothing is started. Its name is its path where none is given.
    public init(
        _ path: String, _ arguments: [String], called name: String? = nil,
        adding variables: [String: String] = [:]
    ) {
        self.path = path
        self.name = name ?? path
        self.arguments = arguments
        self.variables = variables
    }

    /// Has lists of processes show the first 15 bytes of `name` for this one (PR_SET_NAME); to be
    /// called before any thread.
    package static func nameThisProcess(_ name: String) { unsafe csystem_name_thread(name) }

    /// Puts the program in the place of this one (execve(2)); returns only by throwing.
    public func replaceThisProcess() throws(SystemError) -> Never {
        let name = CStrings([name] + arguments)
        let environment = CStrings(self.environment)
        try systemCall("execve", path) {
            unsafe execve(path, name.pointers, environment.pointers)
        }
        throw SystemError(code: ENOEXEC, call: "execve", subject: path)
    }

    /// Runs the program and waits for its end, at most until the deadline.
    ///
    /// At the deadline it is asked to end (SIGTERM), and after a grace time made to (SIGKILL).
    public func run(deadlineMilliseconds: Int64) throws(SystemError) -> End {
        try start().end(deadlineMilliseconds: deadlineMilliseconds)
    }

    /// What a program finds under the numbers 0, 1 and 2.
    public enum Streams: Sendable {
        /// Those of this process.
        case inherited
        /// `/dev/null`.
        case nothing
    }

    /// Starts the program and does not wait for it.
    ///
    /// - Parameters:
    ///   - descriptors: what the program finds under which number, beside or in place of `streams`.
    ///   - leadsGroup: whether it and all that it starts are a process group of its own, and are
    ///     ended together.
    public func start(
        descriptors: [(source: Int32, target: Int32)] = [], streams: Streams = .inherited,
        leadsGroup: Bool = false
    ) throws(SystemError) -> RunningChild {
        let process = try spawn(descriptors, streams, leadsGroup)
        do throws(SystemError) {
            let number = try systemCall("pidfd_open", path) { csystem_pidfd_open(process) }
            return RunningChild(process, Descriptor(owning: number), path, leadsGroup: leadsGroup)
        } catch {
            kill(process, SIGKILL)
            var status: Int32 = 0
            _ = unsafe waitpid(process, &status, 0)
            throw error
        }
    }

    private func spawn(
        _ descriptors: [(source: Int32, target: Int32)], _ streams: Streams, _ leadsGroup: Bool
    ) throws(SystemError) -> pid_t {
        let name = CStrings([name] + arguments)
        let environment = CStrings(self.environment)
        // What this process waits for with sigwait(3) is blocked; the child is to be stoppable. Nor
        // is it to ignore what this process does: a shell can't undo that.
        var attributes = posix_spawnattr_t()
        var (unblocked, heeded) = (sigset_t(), sigset_t())
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe sigemptyset(&unblocked)
        unsafe posix_spawnattr_setsigmask(&attributes, &unblocked)
        unsafe sigemptyset(&heeded)
        unsafe sigaddset(&heeded, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &heeded)
        let group = leadsGroup ? POSIX_SPAWN_SETPGROUP : 0
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe try Self.fill(&actions, descriptors, streams)
        var process: pid_t = 0
        let code = unsafe posix_spawn(
            &process, path, &actions, &attributes, name.pointers, environment.pointers)
        guard code == 0 else { throw SystemError(code: code, call: "posix_spawn", subject: path) }
        return process
    }

    /// What a child finds under which number, and that it finds nothing else: whoever started this
    /// process may have left files open that are none of the child's.
    private static func fill(
        _ actions: inout posix_spawn_file_actions_t,
        _ descriptors: [(source: Int32, target: Int32)], _ streams: Streams
    ) throws(SystemError) {
        for (source, target) in descriptors {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        let named = Set(descriptors.map(\.target))
        let end = max(StandardDescriptors.end, 1 + (named.max() ?? 0))
        for number in 0..<end where !named.contains(number) {
            if number >= StandardDescriptors.end {
                unsafe posix_spawn_file_actions_addclose(&actions, number)
            } else if streams == .nothing {
                unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            }
        }
        let code = unsafe csystem_close_from(&actions, end)
        guard code == 0 else { throw SystemError(code: code, call: "posix_spawn_file_actions") }
    }

    /// This process's environment with the variables in it, as `NAME=VALUE`.
    private var environment: [String] {
        var entries: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            unsafe entries.append(String(cString: entry))
            unsafe next += 1
        }
        let kept = entries.filter { entry in variables[String(entry.prefix { $0 != "=" })] == nil }
        return kept + variables.map { "\($0.key)=\($0.value)" }.sorted()
    }
}

/// Texts for a C call that wants a list of them, ended by a null pointer; freed with the value.
@safe
private final class CStrings {
    /// The texts, and nil at the end.
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        unsafe pointers = texts.map { unsafe strdup($0) } + [nil]
    }

    deinit {
        unsafe pointers.forEach { unsafe free($0) }
    }
}

extension Descriptor {
    /// Whether poll(2) finds the descriptor readable before the time is over.
    borrowing func isReadable(withinMilliseconds milliseconds: Int64) throws(SystemError) -> Bool {
        let clock = SystemClock()
        let end = clock.uptimeNanoseconds() + milliseconds * 1_000_000
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        let count = try systemCall("poll") {
            let left = max(0, (end - clock.uptimeNanoseconds() + 999_999) / 1_000_000)
            return unsafe poll(&waiting, 1, Int32(clamping: left))
        }
        return count > 0
    }
}
