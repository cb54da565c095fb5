// SPDX-License-Identifier: Apache-2.0

/// C3: the gateway's address goes back and forth, without further evidence.
///
/// Source: the gateway is what an attacker wants most, and it has one owner or says otherwise.
/// Where every change was told to everybody it may be a pair of routers whose adverts are not seen,
/// which takes twice as many: the owner of an address that is stolen answers, too. Where only one
/// station ever answers, the others are its ports that ask in its name.
enum ContestedGateway {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        let needed =
            sighting.suspect?.isAllAnnounced == true
            ? 2 * thresholds.gatewayChanges : thresholds.gatewayChanges
        guard sighting.isGateway, sighting.suspect?.hasOneTeller != true,
            let change = sighting.change, change.count >= needed,
            change.isReturn || sighting.suspect?.hasReturned == true
        else { return nil }
        let sender = sighting.packet.sender
        let original = sighting.suspect?.original ?? change.previous
        // Where it is the first owner's turn, the other one is who claims the address.
        let claimant = sender.mac == original ? change.previous : sender.mac
        return Finding(
            rule: .contestedGateway, severity: .high, confidence: .medium,
            claim: AddressPair(mac: claimant, ip: sender.ip), rival: original,
            count: change.count, firstFrame: sighting.suspect?.firstFrame, scope: .sides)
    }

    static func explain(_ alert: Alert) -> String {
        "The gateway's address \(alert.addressText) goes back and forth between "
            + "\(alert.rivalText), which was heard first, and \(alert.claimantText)."
    }
}
