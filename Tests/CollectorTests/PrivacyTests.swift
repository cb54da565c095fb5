// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Modules
import OTLP
import Synchronization
import TestKit
import Testing

@testable import Collector

@Suite struct PrivacyTests {
    private static let address = "203.0.113.77"

    /// Everything that a collector says or keeps is searched for what it must not know.
    @Test func `no address and no identifier is in the store, the log, the metrics or an answer`()
        throws
    {
        let log = Mutex("")
        let collector = try SampleCollector(
            k: 2, { $0.isBehindProxy = true }, sink: { line in log.withLock { $0 += line } })
        var said: [HTTPReply] = []
        func send(_ method: String, _ target: String, _ body: [UInt8]) throws {
            said.append(
                try HTTPClient.send(
                    method, target, port: collector.intakePort,
                    headers: [
                        HTTPHeader("Content-Type", "application/x-protobuf"),
                        HTTPHeader("X-Forwarded-For", Self.address),
                        HTTPHeader("Authorization", "Bearer \(secret(2))"),
                        HTTPHeader("User-Agent", "agent-of-somebody"),
                    ], body: body))
        }
        for number in 1...3 {
            let request = SampleRequest(number, batch: number)
                .resource("host.name", .string("laptop-of-ann"))
                .with("app_start", ("mode", .string("watch")), ("owner", .string("ann.smith")))
                .with("app_start", ("mode", .string("of ann.smith")))
            try send("POST", "/v1/logs", request.bytes)
        }
        try send("POST", "/v1/logs", [1, 2, 3])
        try send("GET", "/v1/logs", [])
        try send("DELETE", "/v1/installations/\(installation(2))", [])
        try send("DELETE", "/v1/installations/\(installation(1))", [])
        for target in ["/", "/api/v1/insight", "/metrics", "/readyz"] {
            said.append(try collector.admin(target))
        }
        let files = try collector.store.folder.contents()
            .flatMap { try collector.store.folder.read($0) }
        let everything =
            said.map { reply in
                reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + reply.text
            }.joined() + log.withLock { $0 } + String(decoding: files, as: UTF8.self)
        #expect(said.map(\.status) == [200, 200, 200, 400, 405, 204, 204, 200, 200, 200, 200])
        #expect(everything.contains("app_start"))
        for word in [
            Self.address, "203.0.113", "127.0.0.1", "agent-of-somebody", "laptop-of-ann",
            "ann.smith", installation(1), installation(3), secret(1), secret(2), batchText(3),
        ] {
            #expect(!everything.contains(word), "\(word)")
        }
    }

    @Test func `hashes of one installation differ between stores`() throws {
        let hashes = try (1...2).map { seed in
            let folder = try TemporaryDirectory()
            let storage = try SQLiteStorage(
                path: folder.file("store.sqlite"), random: SeededRandom(seed: UInt64(seed)),
                fileSystem: RealFileSystem())
            return storage.hash(installation(1))
        }
        #expect(hashes[0] != hashes[1])
    }
}
