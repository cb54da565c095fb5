// SPDX-License-Identifier: Apache-2.0

/// M3: a frame wears a known station's address while its ARP packet names another sender and no
/// address at all.
///
/// Source: ettercap's port stealing, which so makes a switch send that station's traffic to it. The
/// frame is addressed to the thief itself, so that nobody else sees it. Asking everybody whether an
/// address is free may be a station's that a bridge speaks for (RFC 5227, section 2.1.1).
enum PortStealing {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.isMismatched, sighting.packet.sender.ip == .unspecified,
            sighting.isSourceKnown
        else { return nil }
        let packet = sighting.packet
        let thief = packet.destination.flatMap { $0.isUnicast ? $0 : nil } ?? packet.sender.mac
        let isProbe = packet.isRequest && packet.isToMany && packet.target.ip != .unspecified
        return Finding(
            rule: .portStealing, severity: isProbe ? .medium : .high,
            confidence: isProbe ? .low : .medium, accused: thief, rival: packet.source,
            evidence: .mismatched, scope: .station)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) sends frames as if they came from \(alert.rivalText), so that "
            + "switches bring it that station's traffic."
    }
}
