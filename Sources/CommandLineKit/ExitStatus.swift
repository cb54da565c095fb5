// SPDX-License-Identifier: Apache-2.0

/// What a command's end tells the shell; the numbers are a contract.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done, and nothing was found that needs attention.
    case success = 0
    /// Done, and something was found that needs attention.
    case findings = 1
    /// The command could not do its work.
    case failure = 2
    /// The command line itself was wrong: `EX_USAGE` of `sysexits.h`.
    case usage = 64

    /// One line for the help screen and the reference.
    public var meaning: String {
        switch self {
        case .success: "all is well"
        case .findings: "something was found that needs attention"
        case .failure: "the command could not do its work"
        case .usage: "the command line was wrong"
        }
    }
}
