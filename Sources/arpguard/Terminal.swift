// SPDX-License-Identifier: Apache-2.0

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
