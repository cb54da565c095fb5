// SPDX-License-Identifier: Apache-2.0

/// Rules for what people read.
enum DocumentRules {
    /// The targets of the links in a line of Markdown.
    static func links(_ line: Substring) -> [Substring] {
        var links: [Substring] = []
        var rest = line
        while let start = rest.firstRange(of: "](") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: ")") else { break }
            links.append(rest[..<end])
        }
        return links
    }

    /// Resolves a link of a document to a path from the root; nil for a link out of the tree.
    static func path(of link: Substring, in document: TextFile) -> String? {
        let target = link.prefix { $0 != "#" }
        if target.isEmpty || target.contains("://") || target.hasPrefix("mailto:") { return nil }
        var folders = Array(document.components.dropLast())
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = folders.popLast() } else { folders.append(part) }
        }
        return folders.joined(separator: "/")
    }

    static func deadLinks(_ file: TextFile, exists: (String) -> Bool) -> [Finding] {
        guard file.kind == "md" else { return [] }
        return file.lines.enumerated().flatMap { index, line in
            links(line).filter { path(of: $0, in: file).map(exists) == false }.map {
                file.finding(index, "the link \($0) leads nowhere")
            }
        }
    }

    private static let changes: Set<Substring> = [
        "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
    ]

    /// The changelog has versions, and under each version only the six kinds of change.
    static func changelog(_ file: TextFile) -> [Finding] {
        guard file.path == "CHANGELOG.md" else { return [] }
        var findings: [Finding] = []
        let headings = file.lines.enumerated().filter { $0.element.hasPrefix("##") }
        if headings.first?.element != "## [Unreleased]" {
            findings.append(file.finding(0, "the first version is ## [Unreleased]"))
        }
        for (index, line) in headings {
            let isVersion = line.hasPrefix("## [")
            let isChange = line.hasPrefix("### ") && changes.contains(line.dropFirst(4))
            if !isVersion && !isChange {
                findings.append(file.finding(index, "neither a version nor a kind of change"))
            }
        }
        return findings
    }
}
