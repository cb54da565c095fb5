// SPDX-License-Identifier: Apache-2.0

/// T1: answers go to a station under an address that another station has.
///
/// Source: the target of an answer is what the answering host's cache holds (RFC 826), so that a
/// poisoned cache shows even where the poison itself was not captured. Two stations that each
/// take the same third one for the other leave no doubt; else the owner must still be there, for
/// the address may have moved where nobody saw it.
enum PoisonedPeer {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let owner = sighting.contradictedTarget else { return nil }
        let count = sighting.poisoned.count
        let isHigh =
            count >= thresholds.poisonedAnswers && sighting.isOwnerThere
            || sighting.isMutuallyPoisoned
        return Finding(
            rule: .poisonedPeer, severity: isHigh ? .high : .low,
            confidence: isHigh ? .medium : .low, accused: sighting.packet.target.mac,
            claim: sighting.packet.target, rival: owner, other: sighting.packet.sender.ip,
            count: count, firstFrame: sighting.poisoned.firstFrame, scope: .station)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.otherText) believes that \(alert.addressText) is at \(alert.claimantText), but "
            + "it is at \(alert.rivalText): its cache seems poisoned."
    }
}
