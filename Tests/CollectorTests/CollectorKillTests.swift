// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPServing
import Modules
import SQLite
import Synchronization
import TestKit
import Testing

@testable import Collector

/// The collector's own process, killed with SIGKILL under load, started again on the same store.
@Suite(.serialized) struct CollectorKillTests {
    private static let senders = 4
    private static let eventsPerBatch = 3

    /// How often it is killed: 200 times where the full counts are asked for, else 10.
    private static let kills: Int = {
        let full = unsafe getenv("ARPGUARD_TEST_FULL").map { unsafe String(cString: $0) }
        return full ?? "0" == "0" ? 10 : 200
    }()

    /// What the senders know: which batches were answered, and which have to be sent again.
    private final class Book: Sendable {
        private struct State {
            var next = 0
            var answered: Set<Int> = []
            var open: [Int] = []
        }

        private let state = Mutex(State())

        var answered: Set<Int> { state.withLock { $0.answered } }
        var isSettled: Bool { state.withLock { $0.open.isEmpty } }

        /// A batch whose answer never came, else a new one.
        func take(onlyOpen: Bool) -> Int? {
            state.withLock { state in
                if let open = state.open.popLast() { return open }
                guard !onlyOpen else { return nil }
                state.next += 1
                return state.next
            }
        }

        func close(_ batch: Int, isAnswered: Bool) {
            state.withLock { state in
                if isAnswered { state.answered.insert(batch) } else { state.open.append(batch) }
            }
        }
    }

    private static func send(_ number: Int, port: UInt16, day: Day) -> Bool {
        var request = SampleRequest(number)
        request.batch = batchText(number, day: day)
        for _ in 0..<eventsPerBatch { request = request.with("app_start", day: day) }
        let type = HTTPHeader("Content-Type", "application/x-protobuf")
        let reply = try? HTTPClient.send(
            "POST", "/v1/logs", port: port, headers: [type], body: request.bytes)
        return reply?.status == 200
    }

    private static func start(_ folder: TemporaryDirectory) throws -> (RunningProcess, UInt16) {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("store.sqlite"))",
            ])
        let line = try server.waitForLine(containing: "intake ")
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        return (server, try #require(UInt16(digits)))
    }

    @Test func `a collector that is killed loses nothing it answered and doubles nothing`() throws {
        let folder = try TemporaryDirectory()
        let random = SeededRandom(seed: UInt64(getpid()))
        let book = Book()
        let day = SystemClock().now().day
        for _ in 0..<Self.kills {
            let (server, port) = try Self.start(folder)
            let goal = book.answered.count + 1 + Int(random.uniform(below: 40))
            ParallelThreads.run(Self.senders) { _ in
                while let batch = book.take(onlyOpen: false) {
                    let isAnswered = Self.send(batch, port: port, day: day)
                    book.close(batch, isAnswered: isAnswered)
                    guard isAnswered else { return }
                    if book.answered.count >= goal { server.send(signal: SIGKILL) }
                }
            }
            #expect(try server.waitForEnd().signal == SIGKILL)
        }
        let (server, port) = try Self.start(folder)
        // Whatever had no answer comes again, and some of what had one as well.
        while let batch = book.take(onlyOpen: true) {
            #expect(Self.send(batch, port: port, day: day))
            book.close(batch, isAnswered: true)
        }
        for batch in book.answered.prefix(50) {
            #expect(Self.send(batch, port: port, day: day))
        }
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
        let path = folder.file("store.sqlite")
        let findings = try Self.findings(in: path, book.answered)
        print("collector kill test: \(Self.kills) kills: \(findings)")
        #expect(book.answered.count >= Self.kills)
        #expect(findings.isClean)
        // What the page shows was carried on, kept and summed anew in turns.
        let storage = try SQLiteStorage(
            path: path, create: false, random: SystemRandom(), fileSystem: RealFileSystem())
        let figures = try #require(try storage.figures(in: day...day).first)
        #expect(figures.installations == findings.acknowledged)
        #expect(
            figures.cells["event/app_start"]?.count == findings.acknowledged * Self.eventsPerBatch)
    }

    /// What the store holds beside what was acknowledged, in batches, each of an installation of
    /// its own.
    private struct Findings: CustomStringConvertible {
        var acknowledged = 0
        var found = 0
        var lost = 0
        var doubled = 0

        var isClean: Bool { lost == 0 && doubled == 0 && found == acknowledged }
        var description: String {
            "\(acknowledged) acknowledged, \(found) found, \(lost) lost, \(doubled) doubled"
        }
    }

    private static func findings(in path: String, _ answered: Set<Int>) throws -> Findings {
        let storage = try SQLiteStorage(
            path: path, create: false, random: SystemRandom(), fileSystem: RealFileSystem())
        var findings = Findings(acknowledged: answered.count)
        try storage.read { store in
            findings.found = Int(try store.connection.integer("SELECT count(*) FROM batch") ?? 0)
            for number in answered {
                var events = 0
                try store.each(
                    "SELECT counters FROM batch WHERE day >= 0 AND installation = ?",
                    [storage.hash(installation(number))]
                ) { row in
                    events += try store.counters(row, 0).figures["event/app_start"]?.count ?? 0
                }
                if events < eventsPerBatch { findings.lost += 1 }
                if events > eventsPerBatch { findings.doubled += 1 }
            }
        }
        return findings
    }
}
