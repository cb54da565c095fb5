// SPDX-License-Identifier: Apache-2.0

/// M2: one station speaks for many others.
///
/// Source: floods that keep their own frame source while inventing senders. Answers to questions
/// are not counted: controllers of wireless networks and load balancers give them for many.
enum SpeaksForMany {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        let spokenFor = sighting.spokenFor
        guard sighting.isMismatched, spokenFor.count >= thresholds.spokenForMax else { return nil }
        return Finding(
            rule: .speaksForMany, severity: .high, confidence: .medium,
            accused: sighting.origin, claim: sighting.packet.sender, evidence: .mismatched,
            count: spokenFor.count, firstFrame: spokenFor.firstFrame, scope: .station)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) sends ARP in the name of \(alert.evidence.count) or more stations."
    }
}
