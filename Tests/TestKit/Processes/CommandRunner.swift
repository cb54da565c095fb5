// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a program to its end.
package enum CommandRunner {
    /// How long a program may run when a test names no deadline: enough for one that a sanitizer
    /// slows down, beside other work.
    package static let deadline = Duration.seconds(90)

    /// What is passed on from the environment of the tests: what sanitizers were told, and where
    /// the lines that run are counted.
    private static let passedOn: Set<String> = [
        "ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD", "LLVM_PROFILE_FILE",
    ]

    /// What a program finds in its environment when a test names nothing: `PATH`, and what is
    /// passed on.
    package static var leastEnvironment: [String: String] {
        let own = ProcessInfo.processInfo.environment
        return own.filter { passedOn.contains($0.key) }
            .merging(["PATH": own["PATH"] ?? "/usr/bin:/bin"]) { $1 }
    }

    /// Runs the program at `path` and waits for its end and for the end of its output.
    ///
    /// `environment` is the whole environment but for `PATH`, which is added when it is absent.
    /// A program that misses the deadline is killed with its children, and that is an error.
    package static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        stdin: [UInt8] = [], workingDirectory: String? = nil,
        deadline: Duration = CommandRunner.deadline
    ) throws -> CommandResult {
        let process = try RunningProcess(
            path, arguments, environment: environment, stdin: stdin,
            workingDirectory: workingDirectory)
        return try process.waitForEnd(within: deadline)
    }
}
