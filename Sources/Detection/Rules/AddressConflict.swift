// SPDX-License-Identifier: Apache-2.0

/// C4: two stations use one address, and nothing tells a forger from an owner.
///
/// Source: RFC 5227, address conflicts; arpwatch's `flip flop`.
enum AddressConflict {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let change = sighting.change, change.isReturn,
            change.count >= thresholds.contestedChanges
        else { return nil }
        return Finding(
            rule: .addressConflict, severity: .medium, confidence: .medium,
            claim: sighting.packet.sender, rival: change.previous, count: change.count,
            firstFrame: sighting.suspect?.firstFrame, scope: .sides)
    }

    static func explain(_ alert: Alert) -> String {
        "Both \(alert.claimantText) and \(alert.rivalText) use \(alert.addressText)."
    }
}
