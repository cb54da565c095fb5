// SPDX-License-Identifier: Apache-2.0

import Figures
import Telemetry

/// How many bytes an event takes on the wire, in batches of 100 of the mix, one coding after the
/// other. Does not depend on time.
struct WireFigures {
    private static let batches = 20
    private static let batchEvents = 100

    let folder: String

    func all() throws -> [Figure] {
        let plain = try bytesPerEvent("none")
        return try ["gzip", "zstd"].map { coding in
            Figure(
                name: "wire.\(coding)", value: try bytesPerEvent(coding), unit: "bytes",
                floor: plain)
        }
    }

    private func bytesPerEvent(_ coding: String) throws -> Double {
        var home = try BenchmarkHome.enabled("\(folder)/wire-\(coding)", isSendingAllowed: true)
        home.batchEvents = Self.batchEvents
        home.compression = coding
        var mix = EventMix(seed: 1)
        try home.record(&mix, count: Self.batches * Self.batchEvents)
        let outlook = try home.control.outlook()
        let bytes = outlook.batches.reduce(0) { $0 + $1.body.count }
        let events = outlook.batches.reduce(0) { $0 + $1.events }
        guard events == Int64(Self.batches * Self.batchEvents) else {
            throw BenchmarkError("\(events) events were sealed")
        }
        return Double(bytes) / Double(events)
    }
}
