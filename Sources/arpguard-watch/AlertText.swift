// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Detection
import Modules

/// Alerts and totals as lines for people.
enum AlertText {
    /// The alert in a few lines: what and where, why, the evidence, and what to do. The capture
    /// is named where `path` is given.
    static func lines(_ alert: Alert, in path: String? = nil) -> [String] {
        let source = path.map { $0 == "-" ? " of standard input" : " of \($0)" } ?? ""
        var lines = [
            "\(Timestamp(nanoseconds: alert.time).eve)  \(alert.severity)  \(alert.signature)",
            "  frame \(alert.frame)\(source), rule \(alert.rule.rawValue), confidence "
                + alert.confidence.rawValue + place(alert) + accused(alert),
            "  \(alert.explanation)",
        ]
        let evidence = alert.evidence
        if !evidence.sentences.isEmpty {
            let frames =
                evidence.firstFrame == evidence.lastFrame
                ? "frame \(evidence.lastFrame)"
                : "frames \(evidence.firstFrame) to \(evidence.lastFrame)"
            lines.append("  Evidence (\(frames)): \(evidence.sentences.joined(separator: "; ")).")
        }
        lines.append("  Advice: \(alert.advice)")
        return lines
    }

    /// The lines as they are printed, the first in the colour of the severity.
    static func report(_ lines: [String], _ severity: String) -> Report {
        let style: TextStyle =
            switch severity {
            case "critical", "high": .red
            case "medium": .yellow
            default: .plain
            }
        let blocks = lines.enumerated().map { index, line in
            Report.Block.line(StyledText(line, index == 0 ? style : .plain))
        }
        return Report(text: blocks + [.blank], json: .lines([]))
    }

    /// The totals in one line.
    static func line(_ summary: ReplaySummary) -> String {
        let counts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = summary.alerts[severity] ?? 0
            return count == 0 || severity == .info ? nil : "\(count) \(severity)"
        }
        let alerts = counts.isEmpty ? "no alerts" : "alerts: " + counts.joined(separator: ", ")
        let hidden = summary.suppressed == 0 ? "" : "; suppressed findings: \(summary.suppressed)"
        return "\(summary.frames.of("frame")), \(summary.arpFrames) of them ARP; \(alerts)\(hidden)"
    }

    /// What is to be said of frames that nobody could judge; nil without any. Not all of them need
    /// be ARP: some end before they say what they are.
    static func warning(_ summary: ReplaySummary) -> String? {
        switch summary.malformed {
        case 0: nil
        case 1: "1 frame was malformed or cut short and not judged"
        default: "\(summary.malformed) frames were malformed or cut short and not judged"
        }
    }

    /// What is to be said of `count` owners that were forgotten.
    static func evicted(_ count: Int64, on interface: String? = nil, total: Int64) -> String {
        let place = interface.map { " on \($0)" } ?? ""
        let all = total > count ? ", \(total) in all" : ""
        return "\(count.of("owner"))\(place) forgotten for want of room\(all): who takes "
            + "their addresses is not seen"
    }

    /// What to do about it.
    static let evictedHint =
        "find who invents stations, or watch the parts of so large a network apart"

    /// What is to be said of a capture of several interfaces.
    static func warning(ofInterfaces count: Int, in path: String) -> String {
        "\(path == "-" ? "standard input" : path) holds frames of \(count) interfaces, and they "
            + "are judged as those of one network"
    }

    /// What to do about it.
    static let interfacesHint =
        "if they are not, replay one at a time: tshark -r FILE -Y 'frame.interface_id == 0' -w ONE"

    private static func place(_ alert: Alert) -> String {
        let vlans = alert.segment.vlans.ids
        if vlans.isEmpty { return "" }
        return ", VLAN " + vlans.reversed().map(String.init).joined(separator: " in ")
    }

    /// Whom the advice tells to find.
    private static func accused(_ alert: Alert) -> String {
        alert.accused.map { ", accused \($0)" } ?? ""
    }
}
