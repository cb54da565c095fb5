// SPDX-License-Identifier: Apache-2.0

/// Q1: a station claims an address, and then asks others for it.
///
/// Source: the operating system of an attacker knows nothing of what its tool claims, and goes on
/// asking for the true owner. Nobody asks for an address of their own (RFC 826); who lost one
/// honestly lost it to somebody who said so.
enum AsksForItsClaim {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let confession = sighting.confession else { return nil }
        let sender = sighting.packet.sender
        return Finding(
            rule: .asksForItsClaim, severity: .high, confidence: .high, accused: sender.mac,
            claim: AddressPair(mac: sender.mac, ip: confession.ip), rival: confession.from,
            other: sender.ip, evidence: .asksForIt, isGateway: confession.isGateway)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) claimed \(alert.addressText), and now asks others for it from "
            + "its own address \(alert.otherText)."
    }
}
