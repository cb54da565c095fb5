// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON

/// Strings of which somebody has said whether they are personal, and of which kind.
///
/// Files keep them reversed, so that scanners for leaked secrets leave them alone.
package struct LabelledStrings: Sendable {
    /// One of them.
    package struct Entry: Sendable {
        package let text: String
        package let kind: String
        package let isPersonal: Bool
    }

    package let entries: [Entry]

    /// The identifiers that the repository holds.
    package static func identifiers() throws -> LabelledStrings {
        let folder = RepositoryRoot.file("Tests/Corpora")
        return LabelledStrings(
            entries: try table("\(folder)/identifiers-personal.tsv", isPersonal: true)
                + table("\(folder)/identifiers-harmless.tsv", isPersonal: false))
    }

    /// A file with one JSON object a line: `reversed`, `pii`, `kind`.
    package static func lines(_ path: String) throws -> LabelledStrings {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return LabelledStrings(
            entries: try text.split(separator: "\n").map { line in
                let object = try JSONValue.parse(bytes: Array(line.utf8)).objectValue
                guard let reversed = object?["reversed"]?.stringValue,
                    let isPersonal = object?["pii"]?.boolValue,
                    let kind = object?["kind"]?.stringValue
                else { throw TestKitError("no labelled string: \(line)") }
                return Entry(text: String(reversed.reversed()), kind: kind, isPersonal: isPersonal)
            })
    }

    /// A file with a kind, a tabulator and a reversed string on each line.
    private static func table(_ path: String, isPersonal: Bool) throws -> [Entry] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let fields = line.split(separator: "\t")
            guard fields.count == 2 else { throw TestKitError("no labelled string: \(line)") }
            return Entry(
                text: String(fields[1].reversed()), kind: String(fields[0]),
                isPersonal: isPersonal)
        }
    }
}
