// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import CommandLineKit
import Detection
import JSON
import Modules
import Program

/// An alert of a watch with where and when it was given, in the forms in which it leaves.
struct AlertNote {
    let alert: Alert
    let interface: String
    /// On the wall clock.
    let time: Timestamp
    /// For how many others it stands, where they are not told one by one; nil for itself alone.
    var rest: AlertLimit.Rest?
    /// The home that what it advises is for; nil for that of everybody.
    var home: Home?

    /// The lines for people.
    var lines: [String] {
        var lines = AlertText.lines(alert, in: interface)
        // Detection counts on a clock of its own; a person reads the one on the wall.
        lines[0] = "\(time.eve)  \(alert.severity)  \(alert.signature)"
        lines[lines.count - 1] = "  Advice: \(advice)"
        if let rest { lines.insert("  \(rest.explanation)", at: 1) }
        return lines
    }

    /// What to do. A watch knows the owner of before at its next start too, unless it is told.
    private var advice: String {
        guard alert.rule == .bindingChanged, let ip = alert.claim?.ip else { return alert.advice }
        let command = "arpguard bindings --forget \(ip)"
        return "\(alert.advice) If you know that it was replaced, have it learnt anew: "
            + (home?.addressing(command) ?? command)
    }

    /// Suricata's names for what is live: the interface, and no capture file.
    var eve: JSONValue {
        var object = AlertEVE.object(alert, in: interface).objectValue ?? [:]
        object["timestamp"] = .string(time.eve)
        object["pcap_cnt"] = nil
        object["pcap_filename"] = nil
        object["in_iface"] = .string(interface)
        var own = object["arpguard"]?.objectValue ?? [:]
        own["advice"] = .string(advice)
        if let rest {
            own["further"] = .integer(Int64(rest.count))
            own["stations"] = .integer(Int64(rest.stations.count))
            own["explanation"] = .string(rest.explanation)
        }
        object["arpguard"] = .object(own)
        return .object(object)
    }

    /// The alert for file, log and command.
    var message: AlertMessage {
        AlertMessage(
            gravity: AlertGravity(rawValue: "\(alert.severity)") ?? .high,
            summary: "\(alert.severity): \(alert.signature) on \(interface): "
                + (rest?.explanation ?? alert.explanation),
            text: lines.map { StyledText($0).text }.joined(separator: "\n"),
            rule: alert.rule.rawValue, eve: eve.serialized(.compact))
    }
}

/// Alerts on standard output, in the form that was asked for; written out at once.
final class PrintedAlerts: AlertSink {
    let name = "stdout"
    private let output: Output

    init(_ output: Output) {
        self.output = output
    }

    /// Prints nothing any more: nobody takes what is printed.
    func cancel() { output.giveUp() }

    /// People read the lines that come with the message; programs its EVE object.
    func deliver(_ message: AlertMessage) throws(AlertOutputError) {
        switch output.format {
        case .table:
            let lines = message.text.split(separator: "\n", omittingEmptySubsequences: false)
            output.render(AlertText.report(lines.map(String.init), message.gravity.rawValue))
        case .json: output.raw(message.eve + "\n")
        }
        do throws(SinkError) {
            try output.deliver()
        } catch {
            throw AlertOutputError("\(error)")
        }
    }
}
