// SPDX-License-Identifier: Apache-2.0

import Hashing
import JSON
import TestKit
import Testing

/// Looking is not changing.
@Suite struct LookTests {
    private static let looks = [
        ["status"], ["status", "--format", "json"], ["show"], ["show", "--format", "json"],
        ["preview"], ["preview", "--raw"], ["log"], ["log", "--verify"], ["schema"], ["stats"],
        ["export"], ["upload", "--dry-run"],
    ]

    private let arpguard: Arpguard

    init() throws {
        arpguard = try Arpguard()
        try arpguard.folder.write(
            #"{"telemetry": {"upload_url": "http://127.0.0.1:9/v1/logs"}}"#, to: "own/config.json")
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", "--sample").status == 1)
    }

    /// The digest of each file under the home; folders have none. An empty log and its index, which
    /// SQLite makes for a reader that may not write, hold nothing and are left out.
    private func digests() throws -> [String: String] {
        var digests: [String: String] = [:]
        for name in try arpguard.folder.contents() where !name.hasSuffix("-shm") {
            let bytes = try? arpguard.folder.read(name)
            if name.hasSuffix("-wal"), bytes == [] { continue }
            digests[name] = bytes.map { Hex.encode(SHA256.hash($0)) } ?? "folder"
        }
        return digests
    }

    @Test func `a look changes no byte of the home while nothing records`() throws {
        // The first look takes in what the replay left, and draws when an upload is due; the first
        // preview seals it.
        for look in ["status", "preview"] { #expect(try arpguard("telemetry", look).status == 0) }
        let before = try digests()
        #expect(before.count > 5)
        for look in Self.looks {
            let result = try arpguard(["telemetry"] + look)
            #expect(result.status == 0, "\(look): \(result.stderr)")
            #expect(try digests() == before, "\(look)")
        }
    }
}
