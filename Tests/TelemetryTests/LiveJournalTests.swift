// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import TestKit
import Testing

@testable import Telemetry

/// Somebody writes into the journal of a program that runs: its events may be lost, the program is
/// not.
@Suite struct LiveJournalTests {
    private static let damage: [UInt64] = [
        1, 7, 1 << 20, 1 << 62, .max - 7, .max,
    ]

    @Test(arguments: ["head", "tail"], damage)
    func `a program whose journal was changed records, flushes and ends`(
        word: String, value: UInt64
    ) throws {
        let home = try Home()
        try home.enable()
        let module = home.module()
        module.initialize()
        for _ in 0..<10 { #expect(module.trackEvent("app_start", ["mode": "replay"])) }
        let folder = TelemetryDirectory(home.storage).journals
        let name = try #require(try RealFileSystem().names(in: folder).first)
        let mapping = try RealFileSystem().map(
            "\(folder)/\(name)", bytes: Journal.fileBytesMax, create: false)
        for segment in 0..<(Journal.fileBytesMax - Journal.segmentsOffset) / Segment.bytes {
            let start = Journal.segmentsOffset + segment * Segment.bytes
            mapping.storeRelease(value, at: start + (word == "head" ? 64 : 128))
        }
        for _ in 0..<5000 { _ = module.trackEvent("app_start", ["mode": "replay"]) }
        module.flush()
        for _ in 0..<10 { _ = module.trackEvent("app_start", ["mode": "replay"]) }
        module.end()
        let status = try home.control().status()
        #expect(status.lost.contains { $0.count > 0 }, "what is lost is counted")
        #expect(status.recorded <= 5020)
    }
}
