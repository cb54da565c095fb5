// SPDX-License-Identifier: Apache-2.0

/// What many runs did together.
package struct Coverage: Sendable, CustomStringConvertible {
    /// Seeds that were run.
    package private(set) var seeds = 0
    /// Promises that did not hold.
    package private(set) var violations = 0
    /// How often each action was done.
    package private(set) var actions: [Action: Int] = [:]
    /// How often each fault was met.
    package private(set) var faults: [SimulatedDisk.Fault: Int] = [:]
    private var requests = 0
    private var events = 0
    private var failures: [String] = []
    private var stories: [String] = []

    mutating func add(_ result: Result<Simulation.Report, any Error>, seed: UInt64) {
        seeds += 1
        switch result {
        case .failure(let error):
            violations += 1
            failures.append("seed \(seed) could not be run: \(error)")
        case .success(let report):
            actions.merge(report.actions, uniquingKeysWith: +)
            faults.merge(report.faults, uniquingKeysWith: +)
            requests += report.requests
            events += report.events
            guard let violation = report.violation else { return }
            violations += 1
            let story = report.log.suffix(40).joined(separator: "\n")
            stories.append("\(story)\nseed \(seed) broke: \(violation)")
            failures.append(
                "seed \(seed) broke: \(violation)\nagain: make simulate SEEDS=1 FIRST=\(seed)")
        }
    }

    /// All counts, the seeds that failed, and the story of the first of them.
    package var description: String {
        let actions = Action.allCases.map { "\($0.rawValue) \(self.actions[$0] ?? 0)" }
        let faults = SimulatedDisk.Fault.allCases.map { "\($0) \(self.faults[$0] ?? 0)" }
        let lines = [
            "actions: " + actions.joined(separator: ", "),
            "faults: " + faults.joined(separator: ", "),
            "\(seeds) seeds, \(events) events accepted, \(requests) requests sent, "
                + "\(violations) violations",
        ]
        let shown = stories.prefix(1) + failures.prefix(20) + lines
        return shown.joined(separator: "\n")
    }
}
