// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Program
import Telemetry

/// What to do about whatever keeps telemetry from going on.
extension StatusView {
    /// For a person who has never decided: what a yes alone would not lift.
    var conditions: [StyledText] {
        let forbidding = status.blockedBy.filter { $0 != .notAsked }
        guard !forbidding.isEmpty else { return [] }
        let text = "a yes records nothing here before:  \(remedies(of: forbidding))"
        return [StyledText(addressed(text), .yellow)]
    }

    /// For one who has: what lifts each cause, and what becomes of what is here.
    var advice: [Report.Block] {
        let standing = isYesForbidden ? "your yes stands; " : ""
        let lift =
            status.isEnabled ? nil : "\(standing)to record:  \(remedies(of: status.blockedBy))"
        let lines = [lift, situation].compactMap(\.self)
        return lines.isEmpty ? [] : [.blank] + lines.map { .line(StyledText(addressed($0))) }
    }

    /// Whether a yes stands, and counts again once others or the configuration forbid it no more.
    private var isYesForbidden: Bool {
        let forbidding: Set<Cause> = [.adminPolicy, .doNotTrack, .environment, .configuration]
        return setup.control().hasYes && setup.fault == nil && status.configurationProblem == nil
            && forbidding.isSuperset(of: status.blockedBy)
    }

    private var situation: String? {
        if status.blockedSending.contains(.termsChanged) {
            "to agree to what is configured now:  arpguard telemetry enable"
        } else if status.isEnabled, status.uploadURL == nil {
            "nothing leaves without a place:  arpguard config set telemetry.upload_url URL, "
                + "then arpguard telemetry enable"
        } else if status.held > 0, status.blockedSending.isEmpty {
            "held events leave once you let them:  arpguard telemetry review"
        } else if status.blockedBy.contains(.withdrawn), status.recorded > 0 {
            "nothing of what is stored here is sent from now on; to remove it:  "
                + "arpguard telemetry delete-data"
        } else if status.isEnabled, !status.blockedSending.isEmpty {
            "to send:  \(remedies(of: status.blockedSending))"
        } else {
            nil
        }
    }

    /// What lifts causes, each remedy once.
    private func remedies(of causes: [Cause]) -> String {
        let all = causes.map(words.remedy)
        let each = all.indices.filter { all.firstIndex(of: all[$0]) == $0 }.map { all[$0] }
        return told(each.joined(separator: ", then "))
    }
}
