// SPDX-License-Identifier: Apache-2.0

/// How a program ended and all it wrote.
package struct CommandResult: Sendable {
    /// The exit status; nil when a signal ended the program.
    package let status: Int32?

    /// The signal that ended the program; nil when it exited.
    package let signal: Int32?

    /// What it wrote to standard output, byte for byte.
    package let stdoutBytes: [UInt8]

    /// What it wrote to standard error, byte for byte.
    package let stderrBytes: [UInt8]

    /// The processor time it took, in user and system mode together.
    package let processorMicroseconds: Int64

    /// Standard output as text; bytes that are no UTF-8 become U+FFFD.
    package var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }

    /// Standard error as text; bytes that are no UTF-8 become U+FFFD.
    package var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }
}
