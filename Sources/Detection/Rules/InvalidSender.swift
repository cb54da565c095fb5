// SPDX-License-Identifier: Apache-2.0

/// D1: the sender is a hardware address that no station can have: none, all, or a group.
///
/// Source: RFC 826 and IEEE 802. Clusters that share a group address do so honestly, hence medium;
/// where it drives a known owner out, traffic is led astray.
enum InvalidSender {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        let sender = sighting.packet.sender
        guard !sender.mac.isUnicast, sender.ip != .unspecified else { return nil }
        let takesOver = sighting.knownOwner.map { $0 != sender.mac } ?? false
        return Finding(
            rule: .invalidSender, severity: takesOver ? .high : .medium,
            confidence: takesOver ? .high : .medium, accused: sighting.origin, claim: sender,
            rival: sighting.knownOwner, scope: takesOver ? .address : .binding)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) claims that \(alert.addressText) is at \(alert.claimantText), "
            + "which is no station's address."
    }
}
