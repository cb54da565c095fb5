// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import Modules

/// Why a configuration file does not hold as it stands.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Cause: Sendable, Equatable {
        /// The file is there and can't be read, or it is too long.
        case unreadable(SystemError)
        /// The file is not JSON, or no object.
        case malformed(String)
        /// Keys or values are not as declared; never empty.
        case faulty([SettingProblem])
    }

    /// The file.
    public let path: String
    /// What is wrong with it.
    public let cause: Cause

    /// The file and its first fault in one line.
    public var description: String {
        switch cause {
        case .unreadable(let error): "the configuration can't be read: \(error)"
        case .malformed(let reason): "\(path) is not a configuration: \(reason)"
        case .faulty(let problems): "\(path): \(summary(of: problems))"
        }
    }

    /// The same, and what a program goes on with.
    public var told: String {
        guard case .faulty = cause else { return "\(description); the defaults hold" }
        return "\(description); all else in it holds"
    }

    /// The same without the values that are wrong, for reports to others.
    public var withoutValues: String {
        guard case .faulty(let problems) = cause else { return description }
        let bare = problems.map { SettingProblem(key: $0.key, value: nil, expected: $0.expected) }
        return ConfigurationError(path: path, cause: .faulty(bare)).description
    }

    private func summary(of problems: [SettingProblem]) -> String {
        let first = problems.first?.description ?? "faulty"
        return problems.count < 2 ? first : "\(first), and \(problems.count - 1) more"
    }

    /// What to do about it.
    public var hint: String {
        switch cause {
        case .unreadable(let error) where error.code == SystemError.isFolder:
            "name a file, or move the folder away"
        case .unreadable(let error) where error.code == SystemError.tooBig:
            "it may have \(ConfigurationFile.bytesMax >> 20) MiB at most"
        case .unreadable: "make the file readable, or remove it"
        case .malformed, .faulty: "\(Program.name) config check lists all that is wrong"
        }
    }

    /// The error as a command's end.
    public var failure: CommandFailure { CommandFailure(description, hint: hint) }
}
