// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TestKit
import Testing

/// Something else stands in the place of a file of the decision: each hint leads out of that.
@Suite struct StrangeFileTests {
    private let home: Home

    init() throws { home = try Home.withOneBatchSent() }

    enum Stranger: String, CaseIterable {
        case page = "consent.page"
        case record = "consent.json"
    }

    private func path(_ stranger: Stranger) -> String { "\(home.storage)/\(stranger.rawValue)" }

    /// Puts a folder in the place of the file; what is to be done about it.
    private func replace(_ stranger: Stranger) throws -> String {
        try RealFileSystem().rename(path(stranger), to: home.folder.file("away"))
        try RealFileSystem().createFolder(path(stranger))
        return "move \(path(stranger)) away, which is no file"
    }

    @Test(arguments: Stranger.allCases)
    func `a yes and a no say what to move away, and go on after that`(stranger: Stranger) throws {
        let remedy = try replace(stranger)
        #expect(home.control().words.remedy(of: .stateUnreadable) == remedy)
        let no = #expect(throws: TelemetryError.self) { try home.control().disable() }
        let again = stranger == .page ? "try" : "disable"
        #expect(no?.hint == "\(remedy), then \(again) again")
        let yes = #expect(throws: TelemetryError.self) { try home.enable() }
        #expect(yes?.hint == "\(remedy), then try again")
        try RealFileSystem().rename(path(stranger), to: home.folder.file("else"))
        try home.control().disable()
        try home.enable()
        #expect(home.control().causes(blocking: .recording).isEmpty)
    }

    @Test func `a deletion says it too, and does the rest after that`() throws {
        let remedy = try replace(.page)
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.hint == "\(remedy); the next command does the rest then")
        try RealFileSystem().rename(path(.page), to: home.folder.file("else"))
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `a link that can't be written through is told as one by a no`() throws {
        try RealFileSystem().rename(path(.page), to: home.folder.file("away"))
        try #require(unsafe symlink(home.folder.file("away"), path(.page)) == 0)
        let no = #expect(throws: TelemetryError.self) { try home.control().disable() }
        let remedy = "put what \(path(.page)) leads to in the place of that link"
        #expect(no?.hint == "\(remedy), then try again")
    }

    @Test func `a link to nothing is to be removed, and a no goes on after that`() throws {
        try RealFileSystem().rename(path(.page), to: home.folder.file("away"))
        try #require(unsafe symlink(home.folder.file("nowhere"), path(.page)) == 0)
        let no = #expect(throws: TelemetryError.self) { try home.control().disable() }
        #expect(no?.hint == "remove \(path(.page)), which is a link to nothing, then try again")
        try RealFileSystem().remove(path(.page))
        try home.control().disable()
        #expect(home.control().causes(blocking: .recording).contains(.withdrawn))
    }

    enum Nowhere: CaseIterable { case gone, circle, belowFile }

    @Test(arguments: Nowhere.allCases)
    func `a record that is a link to nothing is to be removed, and what that means is said`(
        nowhere: Nowhere
    ) throws {
        try RealFileSystem().rename(path(.record), to: home.folder.file("away"))
        let target =
            switch nowhere {
            case .gone: home.folder.file("nowhere")
            case .circle: path(.record)
            case .belowFile: home.folder.file("away/x")
            }
        try #require(unsafe symlink(target, path(.record)) == 0)
        let remedy =
            "remove \(path(.record)), which is a link to nothing (what was sent before can't be "
            + "erased then)"
        let yes = #expect(throws: TelemetryError.self) { try home.enable() }
        #expect(yes?.hint == "\(remedy), then try again")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        try RealFileSystem().remove(path(.record))
        try home.enable()
        #expect(home.told.contains("can't be erased elsewhere"), "\(home.told)")
    }

    @Test func `a full disk is no stranger`() throws {
        let full = home.control(files: FailingFiles { $0.hasSuffix("consent.json") })
        let error = #expect(throws: TelemetryError.self) { try full.disable() }
        #expect(error?.hint == "disable again once that is mended")
    }
}
