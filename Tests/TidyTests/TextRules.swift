// SPDX-License-Identifier: Apache-2.0

/// Rules that need nothing but the text of one file.
enum TextRules {
    static let lineColumnsMax = 100
    static let sourceLinesMax = 500
    static let testLinesMax = 700
    static let licence = "SPDX-License-Identifier: Apache-2.0"

    // Written in two halves so that this file keeps its own rules.
    static let bannedWords: Set<Substring> = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    static let machinePaths = ["/ho" + "me/", "/wo" + "rk/", "/ro" + "ot/"]

    static func fileLength(_ file: TextFile) -> [Finding] {
        let limit = file.isTest ? testLinesMax : sourceLinesMax
        guard file.isSwift, file.lines.count > limit else { return [] }
        return [file.finding(limit, "the file has \(file.lines.count) lines, \(limit) are allowed")]
    }

    static func lineLength(_ file: TextFile) -> [Finding] {
        guard file.kind != "json" else { return [] }
        let lines = file.kind == "md" ? proseLines(file) : Array(file.lines.enumerated())
        return lines.filter { $0.element.count > lineColumnsMax }.map {
            file.finding($0.offset, "the line has \($0.element.count) columns")
        }
    }

    /// What people wrote of a document: no rows of tables, no code, no printed document.
    private static func proseLines(_ file: TextFile) -> [(offset: Int, element: Substring)] {
        guard !["docs/cli.md", "docs/events.md"].contains(file.path) else { return [] }
        var isCode = false
        return file.lines.enumerated().filter { _, line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && !line.hasPrefix("|")
        }
    }

    /// The first line, or the second where the first is taken by a tool.
    static func licenceLine(_ file: TextFile) -> [Finding] {
        let taken = file.lines.first.map { $0.hasPrefix("#!") || $0.hasPrefix("// swift-tools") }
        let index = taken == true ? 1 : 0
        let needsOne = file.isSwift || file.isScript || ["c", "h", "modulemap"].contains(file.kind)
        guard needsOne || file.path == "Makefile" else { return [] }
        if file.lines.dropFirst(index).first?.contains(licence) == true { return [] }
        return [file.finding(index, "this line must say \(licence)")]
    }

    static func bannedWord(_ file: TextFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            line.words.filter { bannedWords.contains($0.text) }.map {
                file.finding(index, "\($0.text): do it now or write it down where work is planned")
            }
        }
    }

    static func machinePath(_ file: TextFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            machinePaths.filter { line.contains($0) }.map {
                file.finding(index, "\($0) is a path of one machine")
            }
        }
    }

    static func trailingSpace(_ file: TextFile) -> [Finding] {
        file.lines.enumerated().filter { $0.element.last?.isWhitespace == true }.map {
            file.finding($0.offset, "the line ends in white space")
        }
    }

    static func scriptHead(_ file: TextFile) -> [Finding] {
        guard file.isScript else { return [] }
        var findings: [Finding] = []
        if file.lines.first != "#!/usr/bin/env bash" {
            findings.append(file.finding(0, "a script starts with #!/usr/bin/env bash"))
        }
        if !file.lines.contains(where: { ["set -euo pipefail", "set -uo pipefail"].contains($0) }) {
            findings.append(file.finding(0, "a script says: set -euo pipefail"))
        }
        return findings
    }
}
