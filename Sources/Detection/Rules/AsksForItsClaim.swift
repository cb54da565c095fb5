// SPDX-License-Identifier: Apache-2.0

/// Q1: a station claims an address, and then asks others for it.
///
/// Source: the operating system of an attacker knows nothing of what its tool claims, and goes on
/// asking for the true owner. Nobody asks for an address of their own (RFC 826); who lost one
/// honestly lost it to somebody who said so. A repeater that passes on questions under its own
/// address, and a server that gave an address up, ask for it as well: high only where they had told
/// more than that, or the owner turns out to be there. A station that wakes up makes sure of its
/// router under a former lease (RFC 4436), whose new owner is there.
enum AsksForItsClaim {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let confession = sighting.confession else { return nil }
        return Finding(
            rule: .asksForItsClaim, severity: confession.isSure ? .high : .medium,
            confidence: confession.isSure ? .high : .medium, accused: confession.claim.mac,
            claim: confession.claim, rival: confession.from, other: confession.own,
            evidence: .asksForIt, isGateway: confession.isGateway)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) claimed \(alert.addressText), and now asks others for it from "
            + "its own address \(alert.otherText)."
    }
}
