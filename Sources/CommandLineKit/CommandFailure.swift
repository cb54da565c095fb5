// SPDX-License-Identifier: Apache-2.0

/// Why a command ends without having done its work: what to print, and its exit status.
public struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// What went wrong; lower-case, without a full stop.
    public let message: String
    /// What to do about it, in the same form.
    public let hint: String
    /// The status to end with.
    public let status: ExitStatus

    /// What went wrong.
    public var description: String { message }

    /// A failure; the status is `.failure` unless the command line itself was at fault.
    public init(_ message: String, hint: String, status: ExitStatus = .failure) {
        self.message = message
        self.hint = hint
        self.status = status
    }
}
