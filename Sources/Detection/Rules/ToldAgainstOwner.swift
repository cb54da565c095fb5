// SPDX-License-Identifier: Apache-2.0

/// U3: one station is told, unasked, what contradicts all that is known. One frame is enough.
///
/// Source: RFC 826 has no answers without a question, and whoever takes an address over honestly
/// tells everybody (RFC 5227, RFC 5798): only a poisoner whispers. Either it asked for that very
/// address before, as tools do to learn their victims' hardware addresses, or the owner spoke for
/// itself a short while ago and the claimant has an address of its own, hides behind another
/// frame source, or wears a virtual router's address that no router advertises. Balancing bonds
/// whisper too: their ports have no address but the shared one; and so do routers that answer two
/// sides for each other, where a question is lost.
enum ToldAgainstOwner {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.form == .unsolicited, !sighting.wasAskedLately, !sighting.isOneSided,
            !sighting.isMostlyAsked, !sighting.isAnswererForBoth,
            sighting.explanation == nil, sighting.declared != sighting.packet.sender.mac,
            !sighting.hasSiblings || sighting.isGateway
                || sighting.isApart && sighting.hasSpeakerAsked
        else { return nil }
        var evidence = contradiction(sighting) ?? []
        if sighting.hasSpeakerAsked { evidence.insert(.unsolicited) }
        // Who is named by the frame's source alone need not be the one who is accused.
        if sighting.hasSpeakerAsked, !sighting.isMismatched { evidence.insert(.asksForIt) }
        guard !evidence.isEmpty else { return nil }
        return Finding(
            rule: .toldAgainstOwner, severity: .high, confidence: .high,
            accused: sighting.speaker, claim: sighting.packet.sender,
            rival: sighting.change?.previous, other: sighting.claimant?.other, evidence: evidence)
    }

    /// What tells that the claim is false, where a fresh owner stands against it.
    private static func contradiction(_ sighting: Sighting) -> ForgerEvidence? {
        guard let change = sighting.change, change.isPreviousFresh,
            let claimant = sighting.claimant
        else { return nil }
        let telling = claimant.evidence.intersection([.ownsAnother, .mismatched, .virtualMAC])
        return telling.isEmpty ? nil : telling.union([.contradictsOwner, .unsolicited])
    }

    static func explain(_ alert: Alert) -> String {
        let owner = alert.rival.map { ", although it is at \($0)" } ?? ""
        return "\(alert.accusedText) tells one station, unasked, that \(alert.addressText) is at "
            + "\(alert.claimantText)\(owner): honest stations tell everybody when one moves."
    }
}
