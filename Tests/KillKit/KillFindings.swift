// SPDX-License-Identifier: Apache-2.0

package import Telemetry

/// What a home holds against what its writers got told before they were killed.
package struct KillFindings: Sendable, Equatable {
    /// Events that writers were told are accepted.
    package var acknowledged: Int64 = 0
    /// Whole events in the home.
    package var found: Int64 = 0
    /// Acknowledged events that are not there.
    package var lost: Int64 = 0
    /// Events that no writer recorded in this form.
    package var torn: Int64 = 0
    /// Events that are there once more than they were recorded.
    package var twice: Int64 = 0
    /// Events that no writer can have recorded yet.
    package var invented: Int64 = 0
    /// Losses that the home counts, though nothing was lost, or does not count, though it was.
    package var miscounted: Int64 = 0
    /// Under which reasons, and how far off.
    package var miscountedReasons: [String] = []

    /// Journals that were cut short before anything could be in them, and are told as damaged.
    package var unfinished: Int64 = 0

    /// Nothing at all.
    package init() {}

    /// Compares. A writer may have died between an event's acceptance and its acknowledgement, so
    /// its next event may be there.
    ///
    /// - Parameters:
    ///   - refused: how many events of each writer may be counted as refused.
    ///   - unfinished: how many journals are told as damaged though they never held anything.
    package init(
        _ events: [StoredEvent], accepted: [Int64], refused: [ClosedRange<Int64>],
        losses: [(reason: String, count: Int64)], unfinished: Int64 = 0
    ) {
        self.unfinished = unfinished
        acknowledged = accepted.reduce(0, +)
        var seen = accepted.map { [Bool](repeating: false, count: Int($0) + 1) }
        for event in events { note(NumberedEvent(event), &seen) }
        for writer in seen { lost += Int64(writer.dropLast().count { !$0 }) }
        let counted = Dictionary(uniqueKeysWithValues: losses.map { ($0.reason, $0.count) })
        for reason in LossReason.allCases {
            let expected =
                switch reason {
                case .queueFull: Self.sum(refused)
                case .damaged: unfinished...unfinished
                default: 0...0 as ClosedRange<Int64>
                }
            compare(counted[reason.rawValue] ?? 0, with: expected, reason)
        }
    }

    private static func sum(_ ranges: [ClosedRange<Int64>]) -> ClosedRange<Int64> {
        ranges.reduce(0...0) { $0.lowerBound + $1.lowerBound...$0.upperBound + $1.upperBound }
    }

    private mutating func compare(
        _ count: Int64, with expected: ClosedRange<Int64>, _ reason: LossReason
    ) {
        let difference = max(expected.lowerBound - count, count - expected.upperBound, 0)
        guard difference > 0 else { return }
        miscounted += difference
        miscountedReasons.append("\(reason.rawValue) by \(difference)")
    }

    private mutating func note(_ event: NumberedEvent?, _ seen: inout [[Bool]]) {
        guard let event else { return torn += 1 }
        let place = Int(event.number) - 1
        guard seen.indices.contains(event.writer), seen[event.writer].indices.contains(place) else {
            return invented += 1
        }
        if seen[event.writer][place] { twice += 1 } else { found += 1 }
        seen[event.writer][place] = true
    }

    /// Whether every promise was kept.
    package var isClean: Bool { lost + torn + twice + invented + miscounted == 0 }

    /// The sum of two homes' findings.
    package static func + (left: KillFindings, right: KillFindings) -> KillFindings {
        var sum = left
        sum.acknowledged += right.acknowledged
        sum.found += right.found
        sum.lost += right.lost
        sum.torn += right.torn
        sum.twice += right.twice
        sum.invented += right.invented
        sum.miscounted += right.miscounted
        sum.unfinished += right.unfinished
        sum.miscountedReasons += right.miscountedReasons
        return sum
    }
}

extension KillFindings: CustomStringConvertible {
    /// All counts in one line.
    package var description: String {
        let reasons = miscountedReasons.isEmpty ? "" : " \(miscountedReasons)"
        return "\(acknowledged) acknowledged, \(found) found, \(lost) lost, \(torn) torn, "
            + "\(twice) twice, \(invented) invented, \(miscounted) miscounted\(reasons), "
            + "\(unfinished) unfinished journals"
    }
}
