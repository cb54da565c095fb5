// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

@testable import Detection

/// The documentation's tables are those of the code. With `ARPGUARD_PRINT_DOCS` set they are
/// printed into the page instead.
struct PageTests {
    private static let path = RepositoryRoot.file("docs/detection.md")
    private static let tables = [
        ("kinds", DetectionReference.kinds), ("rules", DetectionReference.rules),
        ("thresholds", DetectionReference.thresholds()), ("limits", DetectionReference.limits()),
    ]

    private static func page() throws -> String {
        try CommandRunner.run("/bin/cat", [path]).stdout
    }

    @Test func `the page holds the tables that the code prints`() throws {
        var page = try Self.page()
        for (name, table) in Self.tables {
            let mark = "<!-- \(name) -->\n"
            let start = try #require(page.firstRange(of: mark)?.upperBound)
            let end = try #require(page[start...].firstRange(of: "<!-- end -->")?.lowerBound)
            page.replaceSubrange(start..<end, with: table)
        }
        if unsafe getenv("ARPGUARD_PRINT_DOCS") != nil {
            let result = try CommandRunner.run(
                "/bin/sh", ["-c", "printf %s \"$0\" > \"$1\"", page, Self.path])
            #expect(result.status == 0)
        }
        #expect(try Self.page() == page)
    }

    @Test func `every threshold and every limit is on the page`() {
        let thresholds = Mirror(reflecting: Thresholds()).children.compactMap(\.label)
        #expect(Thresholds().list.map(\.name).sorted() == thresholds.sorted())
        let limits = Mirror(reflecting: DetectionLimits()).children.map { $0.value as? Int }
        #expect(DetectionLimits().list.map(\.value).sorted() == limits.compactMap { $0 }.sorted())
    }
}
