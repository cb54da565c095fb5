// SPDX-License-Identifier: Apache-2.0

/// C2: two stations take an address from each other, and one of them is a forger by the evidence.
///
/// Source: measurements on labelled captures; each kind of evidence is one that no honest capture
/// shows. Weak evidence (several addresses) is shared by sleep proxies and fail-over pairs, which
/// tell everybody about each move, and by machines that answer for an address of theirs by
/// mistake: then it takes more moves. Ports of one machine are left to C4.
enum ContestedByForger {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let change = sighting.change, let suspect = sighting.suspect, suspect.hasReturned,
            !suspect.evidence.isEmpty, !sighting.isOneMachine
        else { return nil }
        let isWeak =
            suspect.evidence.isSubset(of: .weak)
            && (suspect.isAllAnnounced || suspect.onlyAnswers)
        let needed = isWeak ? thresholds.weaklyContestedChanges : thresholds.contestedChanges
        guard change.count >= needed else { return nil }
        let isCritical =
            sighting.isGateway && change.count >= thresholds.criticalGatewayChanges
        return Finding(
            rule: .contestedByForger, severity: isCritical ? .critical : .high,
            confidence: isWeak ? .medium : .high, accused: suspect.spokesman ?? suspect.mac,
            claim: AddressPair(mac: suspect.mac, ip: sighting.packet.sender.ip),
            rival: suspect.rival, other: suspect.other, evidence: suspect.evidence,
            count: change.count, firstFrame: suspect.firstFrame)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.addressText) is claimed by both \(alert.claimantText) and \(alert.rivalText), "
            + "and \(alert.accusedText) behaves as a forger does."
    }
}
