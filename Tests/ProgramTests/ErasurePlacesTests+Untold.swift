// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Telemetry
import TestKit
import Testing

extension ErasurePlacesTests {
    enum Untold: String, CaseIterable {
        case unreadable = "first/erasures.json"
        case away = "first"
    }

    /// Sends a batch from another folder while the first can't be told.
    private func uploadUntold(_ how: Untold) throws -> CommandResult {
        let (files, path) = (RealFileSystem(), arpguard.folder.file(how.rawValue))
        try files.rename(path, to: path + ".hidden")
        if how == .unreadable { try files.createFolder(path) }
        let end = try arpguard("telemetry", "upload")
        if how == .unreadable { try files.remove(path) }
        try files.rename(path + ".hidden", to: path)
        return end
    }

    @Test(arguments: Untold.allCases)
    func `a folder that could not be told of a batch keeps its requests away once it can`(
        how: Untold
    ) throws {
        let server = try FakeServer(.answer(200), .answer(500), otherwise: .answer(200))
        try askFromFirst(server)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        // Later than this test takes.
        try makeDue("first", at: SystemClock().now().advanced(bySeconds: 1_800))
        let end = try uploadUntold(how)
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST"], "\(end)")
        let isTold = end.stderr.contains("waits for six hours, unless somebody asks for it")
        #expect(isTold == (how == .unreadable), "\(end.stderr)")
        // Else a request could be put off until these go.
        try makeBatchesDue("second", in: 7200)
        try makeDue("first")
        #expect(try uploadIfDue().status == 0)
        #expect(server.requests.count == 3)
        let due = try #require(try agenda().erasureAt)
        #expect(due > SystemClock().now().advanced(bySeconds: 5 * 3600))
        #expect(try arpguard.telemetryStatus()["erasures_due"]?.stringValue == due.rfc3339)
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("uploads ask again, by themselves from \(due.rfc3339) on, until"))
        // It has its turn then.
        try makeDue("first")
        #expect(try uploadIfDue().status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST", "DELETE"])
        #expect(try arpguard.telemetryStatus()["erasures_due"] == .null)
    }
}
