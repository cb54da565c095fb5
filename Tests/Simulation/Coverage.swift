// SPDX-License-Identifier: Apache-2.0

/// What many runs did together.
package struct Coverage: Sendable, CustomStringConvertible {
    /// Seeds that were run.
    package private(set) var seeds = 0
    /// Promises that did not hold.
    package private(set) var violations = 0
    /// How often each action was done, where there was something to do.
    package private(set) var actions: [Action: Int] = [:]
    /// How often each fault was met.
    package private(set) var faults: [SimulatedDisk.Fault: Int] = [:]
    /// How often each weather was met.
    package private(set) var weathers = Weathers()
    /// How often each change came while a batch was on its way.
    package private(set) var meanwhile: [Meanwhile: Int] = [:]
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
            weathers.add(report.weathers)
            meanwhile.merge(report.meanwhile, uniquingKeysWith: +)
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
        let never = neverHappened.isEmpty ? "nothing" : neverHappened.joined(separator: ", ")
        let lines = [
            Self.line("actions", Action.allCases) { actions[$0] },
            Self.line("faults", SimulatedDisk.Fault.allCases) { faults[$0] },
            Self.line("batches met", Weather.allCases) { weathers.batches[$0] },
            Self.line("erasures met", Weather.allCases) { weathers.erasures[$0] },
            Self.line("while a batch was on its way", Meanwhile.allCases) { meanwhile[$0] },
            "never happened: \(never)",
            "\(seeds) seeds, \(events) events accepted, \(requests) requests sent, "
                + "\(violations) violations",
        ]
        let shown = stories.prefix(1) + failures.prefix(20) + lines
        return shown.joined(separator: "\n")
    }

    private static func line<Key>(
        _ name: String, _ keys: [Key], _ count: (Key) -> Int?
    ) -> String {
        "\(name): " + keys.map { "\($0) \(count($0) ?? 0)" }.joined(separator: ", ")
    }

    /// What never happened in any run.
    private var neverHappened: [String] {
        Action.allCases.filter { actions[$0] == nil }.map { "\($0)" }
            + SimulatedDisk.Fault.allCases.filter { faults[$0] == nil }.map { "\($0)" }
            + Weather.allCases.filter { weathers.batches[$0] == nil }.map { "a batch met \($0)" }
            + Weather.allCases.filter { weathers.erasures[$0] == nil }
            .map { "an erasure met \($0)" }
            + Meanwhile.allCases.filter { meanwhile[$0] == nil }
            .map { "\($0) while a batch was on its way" }
    }
}
