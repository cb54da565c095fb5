// SPDX-License-Identifier: Apache-2.0

import AlertOutput

/// Ways out of configurations before this one: each goes on until what waits in it has left, and
/// then it is let go, with all that it has open. What became of its alerts stays.
struct RetiredOutputs {
    private(set) var lanes: [AlertLane] = []
    private var counts: [String: AlertLaneCounts] = [:]

    /// Takes over the ways of a configuration that is replaced.
    mutating func add(_ outputs: ConfiguredOutputs) { lanes += outputs.lanes }

    /// Lets go of the ways that have nothing to send any more.
    mutating func prune() {
        let idle = lanes.filter(\.isIdle)
        lanes.removeAll { lane in idle.contains { $0 === lane } }
        for lane in idle { counts[lane.name] = earlier(lane.name) + lane.counts }
    }

    /// What became of the alerts of each way, those of earlier configurations among them; ways that
    /// are no more come last.
    func counts(with outputs: ConfiguredOutputs) -> [(name: String, counts: AlertLaneCounts)] {
        let current = outputs.lanes.map(\.name)
        let gone = Set(counts.keys).union(lanes.map(\.name)).subtracting(current)
        return (current + gone.sorted()).map { name in
            let alive = (lanes + outputs.lanes).filter { $0.name == name }
            return (name, alive.reduce(earlier(name)) { $0 + $1.counts })
        }
    }

    private func earlier(_ name: String) -> AlertLaneCounts { counts[name] ?? AlertLaneCounts() }
}
