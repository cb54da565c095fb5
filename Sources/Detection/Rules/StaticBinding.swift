// SPDX-License-Identifier: Apache-2.0

/// S1: an address whose owner was declared is claimed by another station.
///
/// Source: the administrator's word; as Snort's `arpspoof_detect_host` and DAI's ARP access lists.
enum StaticBinding {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let declared = sighting.declared, sighting.form != .probe,
            declared != sighting.packet.sender.mac
        else { return nil }
        return Finding(
            rule: .staticBinding, severity: .critical, confidence: .high,
            accused: sighting.speaker, claim: sighting.packet.sender, rival: declared)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.claimText) although \(alert.addressText) was declared to be at "
            + "\(alert.rivalText)."
    }
}
