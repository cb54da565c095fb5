// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Held while descriptors exist that another thread's new process must not inherit.
///
/// A lock for the whole process is what the matter asks for: inheritance is process-wide.
let inheritance = Mutex(())

/// What to start: the arguments of execve(2).
struct SpawnRequest {
    var path: String
    var arguments: [String]
    var environment: [String: String]

    /// The same program, started in `folder`.
    func inFolder(_ folder: String) -> SpawnRequest {
        SpawnRequest(
            path: "/usr/bin/env", arguments: ["-C", folder, path] + arguments,
            environment: environment)
    }
}

/// A process just started, as the leader of its own process group, and our ends of its pipes.
struct SpawnedProcess {
    let pid: pid_t
    let stdin: Int32
    let stdout: Int32
    let stderr: Int32

    init(_ request: SpawnRequest) throws {
        // A child that closes its standard input early must not end the test run.
        _ = signal(SIGPIPE, SIG_IGN)
        (pid, stdin, stdout, stderr) = try inheritance.withLock { _ in
            let input = try Pipe()
            let output = try Pipe()
            let errors = try Pipe()
            defer { [input.readEnd, output.writeEnd, errors.writeEnd].forEach { close($0) } }
            let pid = try Self.start(
                request, descriptors: [input.readEnd, output.writeEnd, errors.writeEnd])
            return (pid, input.writeEnd, output.readEnd, errors.readEnd)
        }
    }

    /// Both ends of a pipe, closed on exec.
    private struct Pipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { throw TestKitError.ofSystemCall("pipe") }
            (readEnd, writeEnd) = (ends[0], ends[1])
            ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        }
    }

    private static func start(_ request: SpawnRequest, descriptors: [Int32]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe cleanSignals(&attributes)

        let arguments = unsafe CStrings([request.path] + request.arguments)
        let environment = unsafe CStrings(request.environment.map { "\($0.key)=\($0.value)" })
        var pid: pid_t = 0
        let failure = unsafe posix_spawn(
            &pid, request.path, &actions, &attributes, arguments.pointers, environment.pointers)
        guard failure == 0 else {
            let reason = unsafe String(cString: strerror(failure))
            throw TestKitError("start \(request.path): \(reason)")
        }
        return pid
    }

    /// The child starts with no signal blocked or ignored, in a process group of its own.
    private static func cleanSignals(_ attributes: UnsafeMutablePointer<posix_spawnattr_t>) {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(attributes, &none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigdefault(attributes, &all)
        unsafe posix_spawnattr_setpgroup(attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(attributes, Int16(flags))
    }
}

/// A null-terminated array of C strings that lives as long as the value.
@unsafe private struct CStrings: ~Copyable {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
    }

    deinit {
        unsafe pointers.forEach { unsafe free($0) }
    }
}
