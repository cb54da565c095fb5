// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc

/// The person at the other end, if there is one.
enum Terminal {
    /// Whether somebody can read a question and answer it.
    static var isInteractive: Bool { isatty(0) == 1 && isatty(1) == 1 }

    /// Asks, and returns whether the answer is a clear yes. Anything else is a no: an empty line,
    /// the end of input, a closed terminal.
    static func answersYes(to question: String) -> Bool {
        ["y", "yes"].contains(line(after: question)?.lowercased())
    }

    /// Asks, and returns what was typed; nil at the end of input or where the terminal is gone.
    static func line(after question: String) -> String? {
        let bytes = Array(question.utf8)
        guard unsafe write(1, bytes, bytes.count) == bytes.count else { return nil }
        return readLine()
    }
}

extension Invocation {
    /// Whether the person means it: by `--confirm`, or asked on a terminal. A no is told with
    /// `nothing`; where nobody can be asked, that is the failure.
    func isConfirmed(
        asking question: String, otherwise nothing: String
    ) throws(CommandFailure) -> Bool {
        if command.isOn(.confirm) { return true }
        guard Terminal.isInteractive else {
            throw CommandFailure(
                "\(nothing): it must be confirmed", hint: "\(command.pathText) --confirm")
        }
        if Terminal.answersYes(to: "\(question) [y/N] ") { return true }
        diagnostics.notice(nothing)
        return false
    }
}
