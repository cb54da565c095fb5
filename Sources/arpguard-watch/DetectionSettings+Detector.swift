// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Detection
import Program

extension DetectionSettings {
    /// The suppressions in the detector's own terms; an error when a rule is named that does not
    /// exist, as what it was meant to silence would go on.
    func detectorSuppressions() throws(CommandFailure) -> [Detection.Suppression] {
        var found: [Detection.Suppression] = []
        for suppression in suppressions {
            let rule = suppression.rule.flatMap { RuleID(rawValue: $0) }
            if let name = suppression.rule, rule == nil {
                let names = RuleID.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                throw CommandFailure(
                    "detection.suppress names \(name), which is no rule",
                    hint: "the rules are \(names)")
            }
            found.append(
                Detection.Suppression(
                    rule: rule, ip: suppression.address.flatMap { IPv4Address($0) },
                    mac: suppression.hardware.flatMap { MACAddress($0) }, vlan: suppression.vlan))
        }
        return found
    }
}

extension DetectionSettings.Suppression {
    /// A text that changes with it.
    var fingerprint: String {
        let parts = [rule, address, hardware, vlan.map { "\($0)" }]
        return parts.map { $0 ?? "*" }.joined(separator: "/")
    }
}
