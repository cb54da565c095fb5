// SPDX-License-Identifier: Apache-2.0

/// Rules about words of Swift code, comments and strings left aside.
enum CodeRules {
    private static let sleeps: Set<Substring> = ["sleep", "usleep", "nanosleep", "clock_nanosleep"]

    /// Data goes through the one renderer and messages through the logger.
    static func printing(_ file: TextFile) -> [Finding] {
        guard file.isSource else { return [] }
        return calls(in: file, to: ["print", "debugPrint", "dump"], asMember: false)
    }

    /// Tests wait for facts: a line, a descriptor, the end of a process.
    static func sleeping(_ file: TextFile) -> [Finding] {
        guard file.isTest else { return [] }
        return calls(in: file, to: sleeps, asMember: true)
    }

    /// Work that blocks gets a thread: a pool of two can wait for ever for its own tasks.
    static func detaching(_ file: TextFile) -> [Finding] {
        guard file.isTest, file.isSwift else { return [] }
        return file.code.enumerated().filter {
            $0.element.contains("Task.detached")
        }.map { file.finding($0.offset, "use TestKit's OwnThread for work that blocks") }
    }

    /// The thread of Dispatch's timers wants a priority that an ordinary user may not have, and
    /// tells the system's log; so does that which guards the global queues.
    static func dispatchTimer(_ file: TextFile) -> [Finding] {
        guard file.isSource else { return [] }
        return file.code.enumerated().filter { _, line in
            ["asyncAfter", "makeTimerSource", "DispatchQueue.global"].contains(where: line.contains)
        }.map { file.finding($0.offset, "use DetachedThread, which leaves no line in a log") }
    }

    /// What somebody shows is compared by `constantTimeEquals`: how long it takes tells nothing of
    /// what is kept.
    static func comparing(_ file: TextFile) -> [Finding] {
        guard file.isSource else { return [] }
        let left = /\b(secret|secretHash|token) [!=]= (?!nil\b|Self\.noSecret\b)/
        let right = /[!=]= (secret|secretHash|token)\b/
        return file.code.enumerated().filter { _, line in
            // A pattern is slow, and few lines compare anything.
            (line.contains("== ") || line.contains("!= "))
                && (line.contains(left) || line.contains(right))
        }.map { file.finding($0.offset, "use constantTimeEquals for what somebody shows") }
    }

    /// What switches a check of the compiler off needs a comment right above that says why.
    static func escapeHatch(_ file: TextFile) -> [Finding] {
        guard file.isSwift else { return [] }
        return file.code.enumerated().compactMap { index, line in
            let hatches = ["@unchecked Sendable", "nonisolated(unsafe)", "try!", "@preconcurrency"]
            guard let hatch = hatches.first(where: line.contains) else { return nil }
            if isExplained(file, index) { return nil }
            return file.finding(index, "\(hatch) needs a comment above that says why it holds")
        }
    }

    private static func isExplained(_ file: TextFile, _ index: Int) -> Bool {
        guard index > 0 else { return false }
        return file.lines[index - 1].drop { $0 == " " }.hasPrefix("//")
    }

    private static func calls(
        in file: TextFile, to names: Set<Substring>, asMember: Bool
    ) -> [Finding] {
        guard file.isSwift else { return [] }
        return file.code.enumerated().flatMap { index, line in
            let words = line.words
            return words.indices.filter { position in
                let word = words[position]
                let isDeclared = position > 0 && words[position - 1].text == "func"
                return names.contains(word.text) && word.after == "(" && !isDeclared
                    && (asMember || word.before != ".")
            }.map { file.finding(index, "\(words[$0].text)( is not for this place") }
        }
    }
}
