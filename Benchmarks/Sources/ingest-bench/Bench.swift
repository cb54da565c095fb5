// SPDX-License-Identifier: Apache-2.0

import Figures
import Glibc

/// Rounds of load on the collector and on the floor, one after the other.
struct Bench {
    private static let rounds = 3

    let collector: String
    let folder: String
    let count: Int
    let connections: Int32

    /// A server after its load.
    private struct Outcome {
        var cpuPerMillion: [Double] = []
        var eventsPerSecond: [Double] = []
        var slowMilliseconds: [Double] = []
        var peakMiB: [Double] = []
    }

    func figures(isCompressed: Bool) throws -> [Figure] {
        var (own, floor) = (Outcome(), Outcome())
        for round in 0..<Self.rounds {
            let requests = Requests(
                count, first: round * count * 2, isCompressed: isCompressed)
            let slow = Requests(
                count, first: round * count * 2 + count, isCompressed: isCompressed)
            let path = "\(folder)/\(isCompressed ? "gzip" : "identity")-\(round)"
            try measure(
                Server(
                    collector,
                    [
                        "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                        "--store", "sqlite:\(path).sqlite",
                    ]), requests, slow, into: &own)
            try measure(
                Server("/proc/self/exe", [Server.floorCommand, "\(path).floor"]), requests, slow,
                into: &floor)
        }
        let name = isCompressed ? "ingest.gzip" : "ingest.identity"
        return [
            Figure(name, "CPU-s/M", own.cpuPerMillion, floor.cpuPerMillion),
            Figure("\(name).rate", "events/s", own.eventsPerSecond, floor.eventsPerSecond),
            Figure("\(name).p99", "ms", own.slowMilliseconds, floor.slowMilliseconds),
            Figure("\(name).memory", "MiB", own.peakMiB, floor.peakMiB),
        ]
    }

    /// Loads a server as fast as it answers, then at half that rate.
    private func measure(
        _ server: Server, _ requests: Requests, _ slow: Requests, into outcome: inout Outcome
    ) throws {
        var server = server
        defer { server.stop() }
        var latencies = [UInt32](repeating: 0, count: count)
        let before = server.cpuSeconds
        let seconds = try server.load(
            requests, connections: connections, perSecond: 0, latencies: &latencies)
        let events = Double(count * Requests.eventsPerBatch)
        outcome.cpuPerMillion.append((server.cpuSeconds - before) / events * 1e6)
        outcome.eventsPerSecond.append(events / seconds)
        _ = try server.load(
            slow, connections: connections, perSecond: Double(count) / seconds / 2,
            latencies: &latencies)
        outcome.slowMilliseconds.append(Double(latencies.sorted()[count * 99 / 100]) / 1000)
        outcome.peakMiB.append(server.peakMiB)
    }
}

extension Figure {
    /// Medians of what was measured, beside those of the floor of the same run.
    init(_ name: String, _ unit: String, _ values: [Double], _ floors: [Double]) {
        self.init(name: name, value: median(values), unit: unit, floor: median(floors))
    }
}
