// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// What `docs/cli.md` says that commands print, to be compared with what they do print.
enum DocumentedJSON {
    /// One value over several lines, or one a line.
    static func values(of result: CommandResult) throws -> [JSONValue] {
        if let whole = try? JSONValue.parse(result.stdout) { return [whole] }
        return try result.stdout.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    static func expect(_ value: JSONValue, tallyWith line: String, whole: Bool = true) throws {
        try expect([value], tallyWith: line, whole: whole)
    }

    /// - Parameter whole: whether all that the reference lists has to be printed.
    static func expect(
        _ values: [JSONValue], tallyWith line: String, whole: Bool = true
    ) throws {
        let printed = Set(values.flatMap { paths($0, "") })
        let declared = try declared(line)
        #expect(!declared.isEmpty)
        for path in printed {
            #expect(
                declared.contains { member in
                    covers(member, path) || empties(member).contains { covers($0, path) }
                },
                "\(line): \(path) is in no document")
        }
        for member in declared where whole {
            #expect(
                printed.contains { covers(member, $0) }, "\(line): \(member) is not printed")
        }
    }

    /// The members that the reference lists for a command.
    private static func declared(_ line: String) throws -> [String] {
        let page = try RepositoryRoot.read("docs/cli.md")
        let chapter = page.split(separator: "\n## \(line)\n").dropFirst().first ?? ""
        let own = chapter.split(separator: "\n## ").first ?? ""
        let list = own.split(separator: "With `--format json`:\n\n").dropFirst().first ?? ""
        return list.split(separator: "\n").prefix { $0.hasPrefix("- `") }.map {
            String($0.dropFirst(3).prefix { $0 != "`" })
        }
    }

    /// Every place of a value that holds something, in the form of the reference.
    private static func paths(_ value: JSONValue, _ place: String) -> [String] {
        if let object = value.objectValue, !object.members.isEmpty {
            return object.members.flatMap { member in
                paths(member.value, place.isEmpty ? member.name : "\(place).\(member.name)")
            }
        }
        if let array = value.arrayValue, array.contains(where: { $0.objectValue != nil }) {
            return array.flatMap { paths($0, place + "[]") }
        }
        return [place]
    }

    /// Where a list or an object of which a member is stands, should it be empty.
    private static func empties(_ member: String) -> [String] {
        let list = member.split(separator: "[].").first.map(String.init)
        let object = member.hasSuffix(".*") ? String(member.dropLast(2)) : nil
        return [list, object].compactMap { $0 }
    }

    private static func covers(_ pattern: String, _ path: String) -> Bool {
        let (left, right) = (pattern.split(separator: "."), path.split(separator: "."))
        return left.count <= right.count
            && zip(left, right).allSatisfy { $0 == "*" || $0 == "**" || $0 == $1 }
            // The value of a setting may be an object of its own.
            && (left.count == right.count || pattern.hasSuffix("value") || left.last == "**")
    }
}
