// SPDX-License-Identifier: Apache-2.0

package import Modules

extension TelemetryStatus {
    /// Where the words about erasures come from that are still to be asked for.
    package struct ErasureWords {
        /// The words for what blocks them.
        package let causes: CauseWords
        /// What stands in the place of locks, so that they wait.
        package let faults: [String]
        /// Whether all of them wait for that.
        package let areAllKept: Bool
        /// When an upload that nobody types asks for the first of them; nil where one may now.
        package let due: Timestamp?

        package init(
            causes: CauseWords, faults: [String] = [], areAllKept: Bool = false,
            due: Timestamp? = nil
        ) {
            self.causes = causes
            self.faults = faults
            self.areAllKept = areAllKept
            self.due = due
        }
    }

    /// How many erasures are pending, and what becomes of them, for people: no full stop.
    package func pendingErasuresText(_ words: ErasureWords) -> String {
        guard let count = pendingErasures else { return "unknown" }
        guard count > 0 else { return "none" }
        let all = "\(count), at \(pendingErasureOrigins.joined(separator: ", ")): "
        if !blockedErasing.isEmpty {
            return all + (areAllErasuresBlocked ? "not" : "not all") + " asked for from here: "
                + words.causes.list(blockedErasing)
        }
        guard words.faults.isEmpty else {
            return all + (words.areAllKept ? "not" : "not all") + " asked for from here: "
                + words.faults.joined(separator: "; ")
        }
        let from =
            erasuresNotBefore.map { " from \($0.rfc3339) on, as the server wished," }
            ?? words.due.map { ", by themselves from \($0.rfc3339) on," }
        return "\(all)uploads ask again\(from ?? "") until they are confirmed"
    }
}
