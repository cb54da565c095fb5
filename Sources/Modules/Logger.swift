// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How much a message matters; lower is graver.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Something asked for was not done.
    case error
    /// Something is not as it should be, and the program goes on.
    case warning
    /// Something worth knowing happened.
    case info
    /// Details for whoever looks for a fault.
    case debug

    /// The graver level comes first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Messages for people, a line each: `arpguard: warning: what happened`.
///
/// A line goes out in one `write(2)`, so lines of several processes don't mix.
public struct Logger: Sendable {
    /// The program's name, at the start of each line.
    public let program: String
    /// Messages that matter less than this are left out.
    public let level: LogLevel
    private let sink: @Sendable (String) -> Void

    /// Makes a logger; `sink` takes each whole line, by default standard error does.
    public init(
        program: String, level: LogLevel = .warning,
        sink: @escaping @Sendable (String) -> Void = Logger.standardError
    ) {
        self.program = program
        self.level = level
        self.sink = sink
    }

    /// Writes one message, unless it matters less than the logger's level.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard level <= self.level else { return }
        sink("\(program): \(level): \(message())\n")
    }

    /// Writes to descriptor 2. A failure is passed over: there is nowhere left to report it.
    public static func standardError(_ line: String) {
        let bytes = Array(line.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}
