// SPDX-License-Identifier: Apache-2.0

/// C2: two stations take an address from each other, and one of them is a forger by the evidence.
///
/// Source: measurements on labelled captures; each kind of evidence is one that no honest capture
/// shows. Weak evidence (several addresses) is shared by sleep proxies, repeaters and fail-over
/// pairs, which tell everybody that they take an address over, by machines that answer for an
/// address of theirs by mistake, and by those that use one on another port until its owner is back,
/// and never asked for it as tools do: then it takes more moves. Who stands in for an owner gives
/// the address back, takes it no second time, and not from several owners that are there; who
/// shares with a partner takes from that one alone. Ports of one machine are left to C4. Nobody is
/// accused where all that tells is what is said in the first owner's name, under a source that
/// anybody can wear: it may be the truth.
enum ContestedByForger {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let change = sighting.change, let suspect = sighting.suspect, suspect.hasReturned,
            !suspect.evidence.isEmpty, !sighting.isOneMachine
        else { return nil }
        let isWeak = suspect.evidence.isSubset(of: .weak)
        let mayShare = isWeak && suspect.mayShare(thresholds)
        let mayStandIn = isWeak && suspect.mayStandIn(thresholds) && !sighting.isGateway
        let needed =
            mayShare
            ? thresholds.weaklyContestedChanges
            : mayStandIn ? thresholds.standInChanges : thresholds.contestedChanges
        guard change.count >= needed else { return nil }
        return Finding(
            rule: .contestedByForger, severity: severity(of: change, sighting, thresholds),
            confidence: mayShare || mayStandIn ? .medium : .high,
            accused: suspect.spokesman ?? suspect.mac,
            claim: AddressPair(mac: suspect.mac, ip: sighting.packet.sender.ip),
            rival: suspect.rival, other: suspect.other, evidence: suspect.evidence,
            count: change.count, firstFrame: suspect.firstFrame)
    }

    /// What accuses nobody: somebody speaks for the first owner under a source that anybody can
    /// wear.
    static func judgeSpokenFor(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let change = sighting.change, change.count >= thresholds.contestedChanges,
            let suspect = sighting.suspect, suspect.hasReturned, let owner = suspect.spokenFor,
            !sighting.isOneMachine
        else { return nil }
        return Finding(
            rule: .contestedByForger, severity: severity(of: change, sighting, thresholds),
            confidence: .high, claim: AddressPair(mac: owner, ip: sighting.packet.sender.ip),
            rival: suspect.mac == owner ? suspect.rival : suspect.mac, evidence: .mismatched,
            count: change.count, firstFrame: suspect.firstFrame, scope: .address)
    }

    private static func severity(
        of change: BindingChange, _ sighting: Sighting, _ thresholds: Thresholds
    ) -> Severity {
        let isCritical =
            sighting.isGateway && change.count >= thresholds.criticalGatewayChanges
        return isCritical ? .critical : .high
    }

    static func explain(_ alert: Alert) -> String {
        let forger = alert.accused.map { "\($0) behaves as a forger does" }
        return "\(alert.addressText) is claimed by both \(alert.claimantText) and "
            + "\(alert.rivalText), and "
            + (forger ?? "somebody speaks for \(alert.claimantText) under another source") + "."
    }
}

extension Suspect {
    /// Whether stations that share an address take it over in the same way.
    fileprivate func mayShare(_ thresholds: Thresholds) -> Bool {
        onlyAnswers || isAnsweringOnly
            || isAllAnnounced && ownersBack < thresholds.standInOwners
    }

    /// Whether stations take it over in the same way while its owner is away. Nobody stands in for
    /// the gateway so.
    fileprivate func mayStandIn(_ thresholds: Thresholds) -> Bool {
        ownersBack < thresholds.standInOwners
            && (isEachTakeoverAnnounced || unsolicited == 0 && isOwnerBackOnce && !hasAsked)
    }
}
