// SPDX-License-Identifier: Apache-2.0

import Figures

/// Readings of the insight page between batches that go on to come, beside readings of a store with
/// a tenth of the installations: the page is to grow with days, not with events.
struct InsightBench {
    private static let readings = 21
    /// Installations whose requests are held in memory at a time.
    private static let chunk = 5000
    private static let connections: Int32 = 16

    let collector: String
    let folder: String
    let installations: Int
    let days: Int

    func figures() throws -> [Figure] {
        let all = try readings(installations)
        let tenth = try readings(installations / 10)
        return [
            Figure("insight.page", "ms", all.page, tenth.page),
            Figure("insight.json", "ms", all.json, tenth.json),
            Figure("insight.page.slowest", "ms", [all.page.max() ?? 0], [tenth.page.max() ?? 0]),
            Figure("insight.start", "ms", [all.start], [tenth.start]),
        ]
    }

    private struct Readings {
        var page: [Double] = []
        var json: [Double] = []
        /// The first reading of a collector that was started on the store.
        var start = 0.0
    }

    private func readings(_ count: Int) throws -> Readings {
        let path = "\(folder)/insight-\(count).sqlite"
        var readings = Readings()
        try serve(path) { server, _ in
            for first in stride(from: 0, to: count, by: Self.chunk) {
                try send(min(Self.chunk, count - first), first: first, to: server)
            }
        }
        try serve(path) { server, port in
            readings.start = try Server.milliseconds(toGet: "/", from: port)
            for number in 0..<Self.readings {
                try send(days, first: count + number * days, to: server)
                readings.page.append(try Server.milliseconds(toGet: "/", from: port))
                try send(days, first: 2 * count + number * days, to: server)
                readings.json.append(
                    try Server.milliseconds(toGet: "/api/v1/insight", from: port))
            }
        }
        return readings
    }

    private func serve(
        _ path: String, _ body: (inout Server, UInt16) throws -> Void
    ) throws {
        var server = try Server(
            collector,
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(path)",
            ])
        defer { server.stop() }
        let port = try server.insightPort()
        try body(&server, port)
    }

    private func send(_ count: Int, first: Int, to server: Server) throws {
        var latencies = [UInt32](repeating: 0, count: count)
        _ = try server.load(
            Requests(count, first: first, isCompressed: false, days: days),
            connections: Self.connections, perSecond: 0, latencies: &latencies)
    }
}
