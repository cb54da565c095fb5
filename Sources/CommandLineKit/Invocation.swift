// SPDX-License-Identifier: Apache-2.0

/// All that a command's action is given; it reaches for nothing else.
public struct Invocation: Sendable {
    /// The command line, understood and checked.
    public let command: ParsedCommand
    /// Where data goes.
    public let output: Output
    /// Where messages go.
    public let diagnostics: Diagnostics
    /// The environment's variables.
    public let environment: Environment

    /// The same with another way for messages.
    public func telling(by diagnostics: Diagnostics) -> Invocation {
        Invocation(
            command: command, output: output, diagnostics: diagnostics, environment: environment)
    }
}
