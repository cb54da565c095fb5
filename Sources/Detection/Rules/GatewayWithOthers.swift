// SPDX-License-Identifier: Apache-2.0

/// G1: a station claims the gateway's address and uses another one too.
///
/// Source: the usual look of a cache poisoned before the capture began. Routers with several
/// addresses do so honestly, most of all when asked.
enum GatewayWithOthers {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.isGateway, sighting.form == .unsolicited, sighting.explanation == nil,
            sighting.change == nil, sighting.declared == nil, let other = sighting.otherAddress
        else { return nil }
        return Finding(
            rule: .gatewayWithOthers, severity: .medium, confidence: .low,
            accused: sighting.speaker, claim: sighting.packet.sender, other: other)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.claimantText) claims the gateway's address \(alert.addressText), unasked, and "
            + "uses \(alert.otherText) as well."
    }
}
