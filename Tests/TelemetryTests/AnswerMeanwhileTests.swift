// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

/// An uploader at work has the answer to an erasure before the deletion that asks for it is done.
@Suite struct AnswerMeanwhileTests {
    private let home: Home

    init() throws { home = try Home.withOneBatchSent() }

    @Test(arguments: [true, false])
    func `it is told on, and what was said before is no answer`(isSupported: Bool) throws {
        let uploader = Uploader(try #require(try home.control().outbox()))
        // Journals are cleared after the request is kept and before the ledger begins anew.
        let files = LookedAt(looking: { uploader.settleAll(isSupported: isSupported) })
        let control = home.control(files: files)
        let before = home.control().ledgerMark
        // Whatever a clock has said of earlier rows.
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -86_400))
        #expect(try control.deleteData().erasureRequested)
        var expected = ErasureAnswers()
        let place: Set = ["https://telemetry.example.org"]
        (expected.confirmed, expected.unsupported) = isSupported ? (place, []) : ([], place)
        #expect(try home.control().erasureAnswers(after: before) == expected)
        let places = isSupported ? [] : ["https://telemetry.example.org"]
        #expect(try home.control().status().unsupportedErasureOrigins == places)
        // Another deletion keeps what can't be had, as something of before.
        _ = try home.control().deleteData()
        #expect(try home.control().erasureAnswers(after: before) == ErasureAnswers())
        #expect(try home.control().status().unsupportedErasureOrigins == places)
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `an answer from before a change of identifier is none, whatever the clocks say`()
        throws
    {
        func settle(isSupported: Bool) throws {
            Uploader(try #require(try home.control().outbox())).settleAll(isSupported: isSupported)
        }
        home.clock.advance(by: .seconds(86_400))
        #expect(try home.control().rotateID().erasureRequested)
        try settle(isSupported: false)
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -86_400))
        let mark = home.control().ledgerMark
        home.record(1)
        try home.haveOneBatchAccepted()
        #expect(try home.control().rotateID().erasureRequested)
        try settle(isSupported: true)
        let answers = try home.control().erasureAnswers(after: mark)
        #expect(!answers.confirmed.isEmpty && answers.unsupported.isEmpty)
    }
}

/// Settles what is pending. `@unchecked`: the thread of the test alone uses it.
private final class Uploader: @unchecked Sendable {
    private let outbox: Outbox

    init(_ outbox: Outbox) { self.outbox = outbox }

    func settleAll(isSupported: Bool) {
        #expect(throws: Never.self) {
            for erasure in try outbox.pendingErasures() {
                try outbox.settled(erasure, isSupported: isSupported)
            }
        }
    }
}

/// The real files, which tell before a folder of journals is looked through.
private struct LookedAt: FileSystem {
    private let real = RealFileSystem()
    private let looking: @Sendable () -> Void

    init(looking: @escaping @Sendable () -> Void) { self.looking = looking }

    func names(in folder: String) throws(SystemError) -> [String] {
        if folder.hasSuffix("/journal") { looking() }
        return try real.names(in: folder)
    }

    func status(of path: String) throws(SystemError) -> FileStatus? { try real.status(of: path) }
    func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        try real.read(path, bytesMax: bytesMax)
    }
    func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        try real.replace(path, with: bytes)
    }
    func createFolder(_ path: String) throws(SystemError) { try real.createFolder(path) }
    func remove(_ path: String) throws(SystemError) { try real.remove(path) }
    func rename(_ path: String, to newPath: String) throws(SystemError) {
        try real.rename(path, to: newPath)
    }
    func lock(_ path: String) throws(SystemError) -> FileLock? { try real.lock(path) }
    func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping {
        try real.map(path, bytes: bytes, create: create)
    }
}
