// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import TestKit
import Testing

@testable import Telemetry

/// What keeps an erasure from being noted or seen is told, and never taken for there being none.
@Suite struct KeptBackErasureTests {
    private let home: Home

    init() throws { home = try Home.withOneBatchSent() }

    private func block(_ lock: String) throws {
        try RealFileSystem().remove("\(home.storage)/\(lock)")
        try RealFileSystem().createFolder("\(home.storage)/\(lock)")
    }

    @Test func `an erasure that a deletion could not note yet is not told as none`() throws {
        try block("erasures.lock")
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        let fault = "\(home.storage)/erasures.lock can't be locked: it is a folder"
        #expect(error?.description == fault && error?.hint == FalseLock.generalHint)
        let status = try home.control().status()
        #expect(status.storeProblem == fault && status.pendingErasures == nil)
        let words = "a deletion or change of identifier that is not finished may have more to ask"
        #expect(status.erasureProblem?.description.hasPrefix(words) == true)
        try RealFileSystem().remove("\(home.storage)/erasures.lock")
        let mended = try home.control().status()
        #expect(mended.pendingErasures == 1 && mended.erasureProblem == nil)
    }

    @Test func `so is a change of identifier, and one that former identifiers wait for`() throws {
        try block("erasures.lock")
        #expect(throws: TelemetryError.self) { try home.control().rotateID() }
        #expect(try home.control().status().pendingErasures == nil)
        try RealFileSystem().remove("\(home.storage)/erasures.lock")
        #expect(try home.control().status().pendingErasures == 1)
        try home.enable()
        home.record(1)
        try home.haveOneBatchAccepted()
        try home.control().disable()
        try home.control().partFromIdentity()
        try block("erasures.lock")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(try home.control().status().pendingErasures == nil)
    }

    @Test func `one that is noted is counted, though the deletion is not finished`() throws {
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        let status = try home.control().status()
        #expect(status.storeProblem != nil && status.pendingErasures == 1)
        try reader.execute("COMMIT")
    }

    enum Stranger: CaseIterable { case file, linkToNothing, linkToFile, linkToFolder }

    /// Puts it in the place of the folder; what is to be done about it.
    private func put(_ stranger: Stranger) throws -> String {
        let target = home.folder.file("else")
        switch stranger {
        case .file:
            try home.folder.write("else", to: "home/telemetry")
            return "move \(home.storage) away, which is no folder"
        case .linkToNothing: break
        case .linkToFile: try home.folder.write("else", to: "else")
        case .linkToFolder: try RealFileSystem().createFolder(target)
        }
        try #require(unsafe symlink(target, home.storage) == 0)
        return stranger == .linkToNothing
            ? "remove \(home.storage), which is a link to nothing, or bring back what it led to "
                + "and put that in its place"
            : "put what \(home.storage) leads to in the place of that link"
    }

    @Test(arguments: Stranger.allCases)
    func `where no folder stands nobody knows what is pending`(stranger: Stranger) throws {
        _ = try home.control().deleteData()
        try RealFileSystem().rename(home.storage, to: home.folder.file("away"))
        let remedy = try put(stranger)
        let status = try home.control().status()
        #expect(status.pendingErasures == nil && status.erasureProblem?.hint == remedy)
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.hint == remedy)
        try RealFileSystem().remove(home.storage)
        try RealFileSystem().rename(home.folder.file("away"), to: home.storage)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `a list that is shut is told as that by a deletion`() throws {
        _ = try home.control().deleteData()
        let shut = home.control(files: FailingFiles(unreadable: { $0.hasSuffix("/erasures.json") }))
        let error = #expect(throws: TelemetryError.self) { try shut.deleteData() }
        #expect(error?.hint == "make it readable for its owner")
    }

    @Test func `what stands in the place of the lock of decisions is told by each of them`() throws
    {
        home.record(1)
        try block("change.lock")
        let decisions: [(TelemetryControl) throws -> Void] = [
            { _ = try $0.deleteData() }, { _ = try $0.rotateID() }, { _ = try $0.enable($0.terms) },
        ]
        let fault = "\(home.storage)/change.lock can't be locked: it is a folder"
        for decide in decisions {
            let error = #expect(throws: TelemetryError.self) { try decide(home.control()) }
            #expect(error?.description == fault && error?.hint == FalseLock.generalHint)
        }
        let error = #expect(throws: TelemetryError.self) { try home.haveOneBatchAccepted() }
        #expect(error?.description == fault)
    }
}
