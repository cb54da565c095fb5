// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// What programs read is a contract: each member that a command prints is in the reference, and
/// each member in the reference is printed.
@Suite struct JSONShapeTests {
    private static let commands = [
        "arpguard", "arpguard config show", "arpguard config check", "arpguard config path",
        "arpguard telemetry stats",
    ]

    @Test(arguments: commands)
    func `a command prints what the reference says, and nothing else`(line: String) throws {
        let arpguard = try Arpguard()
        _ = try arpguard("telemetry", "enable", "--confirm")
        try arpguard.folder.write("", to: "empty.pcap")
        _ = try arpguard("replay", "empty.pcap")
        let words = line.split(separator: " ").dropFirst().map(String.init)
        let result = try CommandRunner.run(
            Executables.path("arpguard"), words + ["--format", "json"],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        try Self.expect(try JSONValue.parse(result.stdout), tallyWith: line)
    }

    /// With all that a status can tell: a program that records, one elsewhere, and a loss.
    @Test func `a status prints what the reference says, and nothing else`() throws {
        let arpguard = try Arpguard()
        let set = ["upload_url": "http://127.0.0.1:9/v1/logs", "upload_review": "manual"]
        for (key, value) in set {
            #expect(try arpguard("config", "set", "telemetry.\(key)", value).status == 0)
        }
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", "--sample")
        let batches = try arpguard("telemetry", "review", "--list", "--format", "json").stdout
        let batch = try JSONValue.parse(String(batches.prefix { $0 != "\n" }))["batch"]
        let dropped = try arpguard(
            "telemetry", "review", "--batch", batch?.stringValue ?? "", "--drop-event", "1")
        #expect(dropped.status == 0, "\(dropped.stderr)")
        let recorders = try [arpguard.home, arpguard.folder.file("other")].map { home in
            try RunningProcess(
                "/bin/sh",
                [
                    "-c", "tail -f /dev/null | exec \"$0\" --home \"$1\" replay -",
                    Executables.path("arpguard"), home,
                ], environment: ["HOME": arpguard.folder.path])
        }
        var status: JSONValue = .null
        while status["recorders"]?.arrayValue?.isEmpty != false
            || status["other_homes"]?.arrayValue?.isEmpty != false
        {
            let result = try arpguard("telemetry", "status", "--format", "json")
            status = try JSONValue.parse(result.stdout)
        }
        try Self.expect(status, tallyWith: "arpguard telemetry status")
        for recorder in recorders { recorder.kill() }
    }

    private static func expect(_ value: JSONValue, tallyWith line: String) throws {
        let printed = Set(paths(value, ""))
        let declared = try declared(line)
        #expect(!declared.isEmpty)
        for path in printed {
            #expect(declared.contains { covers($0, path) }, "\(path) is in no document")
        }
        for member in declared {
            #expect(printed.contains { covers(member, $0) }, "\(member) is not printed")
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

    private static func covers(_ pattern: String, _ path: String) -> Bool {
        let (left, right) = (pattern.split(separator: "."), path.split(separator: "."))
        return left.count <= right.count
            && zip(left, right).allSatisfy { $0 == "*" || $0 == $1 }
            // The value of a setting may be an object of its own.
            && (left.count == right.count || pattern.hasSuffix("value"))
    }
}
