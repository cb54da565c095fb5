// SPDX-License-Identifier: Apache-2.0

/// M1: a frame comes from another station than its ARP sender.
///
/// Source: Snort's `unicast/ethernet source mismatch`. Load balancers and virtual routers do so
/// honestly, hence low, once for each source.
enum SourceMismatch {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.isMismatched, sighting.form != .probe,
            sighting.packet.sender.mac.isUnicast
        else { return nil }
        return Finding(
            rule: .sourceMismatch, severity: .low, confidence: .low, accused: sighting.origin,
            claim: sighting.packet.sender, evidence: .mismatched, scope: .station)
    }

    static func explain(_ alert: Alert) -> String {
        // A source that no station can have accuses nobody else.
        let source = alert.accused == alert.claim?.mac ? "another source" : alert.accusedText
        return "A frame from \(source) speaks for \(alert.claimantText), which claims "
            + "\(alert.addressText)."
    }
}
