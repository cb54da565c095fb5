// SPDX-License-Identifier: Apache-2.0

/// R1: a station that claimed an address now speaks for its true owner.
///
/// Source: arpspoof, ettercap and Cain put victims' caches right when they end; the packet names
/// the true owner, but the frame still comes from the poisoner. No honest capture shows this, but
/// ports of one machine may well speak for each other. The other way round, where the frame comes
/// from the owner and names another station, somebody wears the owner's address.
enum Restore {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.isMismatched, sighting.isSourceRival,
            sighting.packet.sender.ip != .unspecified,
            !sighting.packet.source.isSibling(of: sighting.packet.sender.mac)
        else { return nil }
        return Finding(
            rule: .restore, severity: .high, confidence: .high, accused: sighting.packet.source,
            claim: sighting.packet.sender, evidence: [.mismatched, .restores])
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText), which claimed \(alert.addressText) itself, now tells others that "
            + "it is at \(alert.claimantText): so poisoners clean up behind themselves."
    }
}
