// SPDX-License-Identifier: Apache-2.0

/// U1 and U2: one station is told again and again what it never asked.
///
/// Source: RFC 826 has no answers without a question; poisoning tools send them to keep a cache
/// false. With other evidence (the claimant has another address, claims the gateway, or speaks
/// through another station) three are enough (U1), else it takes five (U2). Ports of one machine
/// that balance their load do so honestly; a capture of one direction lacks the questions.
/// Announcements and questions keep caches false as well: who took an address over honestly says
/// so a few times and then is asked. Leaders of clusters say so as long as they lead: what
/// everybody is told is an attack only once the former owner is back. Who asks everybody in the
/// name of an address that nobody contests, and of no other, may answer what was not captured,
/// where nothing that the listener says to one station is captured either.
enum RepeatedUnsolicited {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        let count = sighting.repetition.count
        let isHonestBalance = sighting.isOneMachine
        if sighting.isInsisting {
            return Finding(
                rule: .repeatedUnsolicitedAlone,
                severity: isHonestBalance || sighting.mayBeHeir ? .medium : .high,
                confidence: .medium, accused: sighting.speaker, claim: sighting.packet.sender,
                count: count, firstFrame: sighting.repetition.firstFrame)
        }
        let hasEvidence =
            sighting.otherAddress != nil || sighting.isGateway || sighting.isMismatched
        let mayBeAsked =
            sighting.mayBeAskedUnseen && sighting.otherAddress == nil && !sighting.isMismatched
        let needed =
            hasEvidence ? thresholds.unsolicitedRepeats : thresholds.unsolicitedRepeatsAlone
        guard count >= needed, !sighting.isOneSided, !sighting.isMostlyAsked else { return nil }
        return Finding(
            rule: hasEvidence ? .repeatedUnsolicited : .repeatedUnsolicitedAlone,
            severity: isHonestBalance || mayBeAsked ? .medium : .high,
            confidence: hasEvidence ? .high : .medium, accused: sighting.speaker,
            claim: sighting.packet.sender, rival: sighting.packet.told,
            other: sighting.otherAddress, evidence: .unsolicited, count: count,
            firstFrame: sighting.repetition.firstFrame)
    }

    static func explain(_ alert: Alert) -> String {
        guard let listener = alert.rival else {
            return "\(alert.accusedText) took \(alert.addressText) and goes on saying, unasked, "
                + "that it is at \(alert.claimantText)."
        }
        let group = listener.isGroup ? "the group " : ""
        return "\(alert.accusedText) keeps telling \(group)\(listener), unasked, that "
            + "\(alert.addressText) is at \(alert.claimantText)."
    }
}
