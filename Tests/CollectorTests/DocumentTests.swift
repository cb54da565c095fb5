// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

@testable import arpguard_collector

/// What `docs/collector.md` prints from the code.
@Suite struct DocumentTests {
    private static let path = RepositoryRoot.path + "/docs/collector.md"
    private static let begin = "<!-- settings -->\n"
    private static let end = "<!-- end -->"

    private static var table: String {
        "| key | meaning | may be | default |\n|---|---|---|---|\n"
            + CollectorSettings.schema.settings.map { setting in
                let value = setting.defaultValue.serialized(.compact)
                return "| `\(setting.key)` | \(setting.meaning) | \(setting.form) | `\(value)` |\n"
            }.joined()
    }

    /// With `ARPGUARD_UPDATE_DOCS` set the table is written instead.
    @Test func `the table of settings is the one that the program knows`() throws {
        let files = RealFileSystem()
        let text = String(
            decoding: try files.read(Self.path, bytesMax: 1 << 20), as: UTF8.self)
        let head = try #require(text.firstRange(of: Self.begin))
        let tail = try #require(text.firstRange(of: Self.end))
        let printed = String(text[head.upperBound..<tail.lowerBound])
        if unsafe getenv("ARPGUARD_UPDATE_DOCS") != nil {
            let updated = text[..<head.upperBound] + Self.table + text[tail.lowerBound...]
            try files.replace(Self.path, with: Array(String(updated).utf8))
        } else {
            #expect(printed == Self.table, "run this test with ARPGUARD_UPDATE_DOCS=1")
        }
    }
}
