// SPDX-License-Identifier: Apache-2.0

import Modules
import Synchronization
import Telemetry
import TelemetryUpload
import TestKit
import Testing

@Suite struct ErasureRoundTests {
    /// A home that has sent one batch and then deleted its data: one erasure is pending.
    private func homeWithErasure(_ server: FakeServer) throws -> (Home, id: String) {
        let home = try Home(url: server.url())
        home.record(1)
        let id = try #require(try home.control.status().installationID)
        #expect(try home.round().batchesSent == 1)
        #expect(try home.control.deleteData().erasureRequested)
        return (home, id)
    }

    @Test func `an erasure is asked for with its secret, over a connection of its own`() throws {
        let server = try FakeServer(.answer(200), .answer(204))
        let (home, id) = try homeWithErasure(server)
        let summary = try home.round(erasuresOnly: true)

        #expect(summary.erasuresDone == 1)
        #expect(summary.erasuresPending == 0)
        #expect(summary.ending == .erasuresOnly)
        let request = try #require(server.requests.last)
        #expect(request.method == "DELETE")
        #expect(request.target == "/v1/installations/\(id)")
        #expect(request.connection == 1)
        #expect(request.headers.map(\.name) == ["Host", "User-Agent", "Authorization"])
        let secret = try #require(request.header("authorization")?.split(separator: " ").last)
        #expect(secret.utf8.count == 64)
        #expect(try home.control.status().pendingErasures == 0)
    }

    @Test(arguments: [204, 503])
    func `no batch goes in a round in which a request for erasure left, nor within the hour`(
        status: Int
    ) throws {
        let server = try FakeServer(.answer(200), .answer(status), .answer(200))
        let (home, _) = try homeWithErasure(server)
        home.record(1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().schedule).dueAt)
        let summary = try home.round()
        #expect(summary.batchesSent == 0)
        #expect(summary.erasuresDone == (status == 204 ? 1 : 0))
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        guard case .apart(let time) = summary.ending else { throw TestKitError("not apart") }
        let agenda = try home.control.uploadAgenda()
        #expect(agenda.batchesAt == time)
        let (now, hour) = (home.clock.now(), Int64(3600))
        #expect(time >= now.advanced(bySeconds: hour))
        #expect(time < now.advanced(bySeconds: 6 * hour))
    }

    /// A server that takes batches and erases nothing.
    private final class Refusing: UploadTransport {
        private let count = Mutex(0)
        var batches: Int { count.withLock { $0 } }

        func perform(_ request: UploadRequest) -> TransferOutcome {
            guard request.method == "POST" else { return .status(503) }
            count.withLock { $0 += 1 }
            return .status(200)
        }
    }

    @Test func `erasures that are refused for ever keep no batch back for ever`() throws {
        let home = try Home(url: "https://telemetry.example.org/v1/logs")
        let server = Refusing()
        /// As a timer does, until the next batch leaves.
        func send() throws {
            let before = server.batches
            for _ in 0..<3000 where server.batches == before {
                if try home.control.uploadAgenda().isDue(at: home.clock.now()) {
                    _ = try home.round { server }
                }
                home.clock.advance(by: .seconds(600))
            }
        }
        for pending in 0...8 {
            home.record(1)
            let start = home.clock.now()
            try send()
            #expect(server.batches == pending + 1)
            // A window, what is left of another one, and six hours.
            #expect(home.clock.now() < start.advanced(bySeconds: 55 * 3600), "\(pending)")
            _ = try home.control.rotateID()
        }
        #expect(try home.control.status().pendingErasures == 9)
    }

    @Test(arguments: [false, true])
    func `where batches have their turn and none goes an erasure is asked for`(
        isOff: Bool
    ) throws {
        let server = try FakeServer(.answer(200))
        let (home, _) = try homeWithErasure(server)
        let transport = ScriptedTransport(.status(503), .status(204))
        #expect(try home.round { transport }?.erasuresPending == 1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().batchesAt))
        if isOff { try home.control.disable() }
        let summary = try #require(try home.round(isAskedFor: true) { transport })
        #expect(summary.erasuresDone == 1 && summary.batchesSent == 0)
        #expect(transport.requests.map(\.method) == ["DELETE", "DELETE"])
    }

    @Test func `who asks for the batches waits for a refused erasure once`() throws {
        let server = try FakeServer(.answer(200))
        let (home, _) = try homeWithErasure(server)
        home.record(1)
        let transport = ScriptedTransport(.status(503), .status(200))
        let first = try #require(try home.round(isAskedFor: true) { transport })
        #expect(first.batchesSent == 0 && first.erasuresPending == 1)
        let second = try #require(try home.round(isAskedFor: true) { transport })
        #expect(second.batchesSent == 1 && second.erasuresPending == 1)
        #expect(transport.requests.map(\.method) == ["DELETE", "POST"])
    }

    @Test func `a batch goes where a request for erasure found no way out`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        let (home, _) = try homeWithErasure(server)
        home.record(1)
        let transport = ScriptedTransport(
            .failed(TransferFailure(.connect, "refused")), .status(200))
        let summary = try #require(try home.round { transport })
        #expect(summary.batchesSent == 1)
        #expect(summary.erasuresPending == 1)
        #expect(transport.requests.map(\.method) == ["DELETE", "POST"])
    }

    @Test(arguments: [FakeReply.answer(503), .answer(403), .answer(500), .closeWithoutReply])
    func `an erasure that is not confirmed stays pending and is tried again`(
        reply: FakeReply
    ) throws {
        let server = try FakeServer(.answer(200), reply, .answer(204))
        let (home, _) = try homeWithErasure(server)
        let failed = try home.round(erasuresOnly: true)
        #expect(failed.hasFailed)
        #expect(failed.erasuresDone == 0)
        #expect(failed.erasuresPending == 1)

        home.clock.advance(by: .seconds(61))
        #expect(try home.round(erasuresOnly: true).erasuresDone == 1)
    }

    @Test(arguments: [404, 405])
    func `a server without erasure is told as such and not asked again`(status: Int) throws {
        let server = try FakeServer(.answer(200), .answer(status))
        let (home, _) = try homeWithErasure(server)
        let summary = try home.round(erasuresOnly: true)
        #expect(summary.erasuresUnsupported == 1)
        #expect(summary.problems.first?.text.contains("not supported there") == true)
        #expect(summary.erasuresPending == 0)
        // That stays to be seen, also after a further deletion.
        let origin = String(server.url().dropLast("/v1/logs".count))
        #expect(try home.control.status().unsupportedErasureOrigins == [origin])
        _ = try home.control.deleteData()
        #expect(try home.control.status().unsupportedErasureOrigins == [origin])
        #expect(try home.control.verifyLedger().isSound)
    }

    @Test func `the secret is in no message`() throws {
        let server = try FakeServer(.answer(200), .answer(403))
        let (home, _) = try homeWithErasure(server)
        let summary = try home.round(erasuresOnly: true)
        let secret = try #require(server.requests.last?.header("authorization"))
            .dropFirst("Bearer ".count)
        for problem in summary.problems {
            #expect(!problem.text.contains(secret) && !problem.hint.contains(secret))
        }
    }

    @Test func `a yes that was taken back does not stop an erasure`() throws {
        let server = try FakeServer(.answer(200), .answer(204))
        let (home, _) = try homeWithErasure(server)
        try home.control.disable()
        let summary = try home.round()
        #expect(summary.ending == .blocked([.withdrawn]))
        #expect(summary.erasuresDone == 1)
    }

    @Test func `a list that can't be understood is told, and the batches go`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(2)
        try home.folder.write("{", to: "telemetry/erasures.json")
        let summary = try home.round()
        #expect(summary.batchesSent == 2)
        #expect(summary.problems.map(\.text.isEmpty) == [false])
        #expect(summary.problems[0].hint.contains("restore it"))
        #expect(summary.hasFailed)
    }
}
