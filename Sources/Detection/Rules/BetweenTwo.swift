// SPDX-License-Identifier: Apache-2.0

/// B1: a station is A to B and B to A.
///
/// Source: what it takes to be in the middle. A router that answers for others does so when
/// asked; here one side was told unasked, or in a question of the station's own. Both may be told
/// unasked minutes apart, by who keeps caches false slowly: that counts where the capture does not
/// seem to lack the questions. Nor does a router whose unasked answers are no more than those that
/// it was the first to give when asked: a question was lost.
enum BetweenTwo {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let reverse = sighting.reverse, sighting.explanation == nil else { return nil }
        let isSlow = sighting.time.age(of: reverse.time) > thresholds.betweenWindow
        if sighting.isAnswererForBoth || isSlow && (sighting.isOneSided || sighting.isMostlyAsked) {
            return nil
        }
        var finding = Finding(
            rule: .betweenTwo, severity: .high, confidence: .high, accused: sighting.speaker,
            claim: sighting.packet.sender, other: reverse.claimed, count: 2,
            firstFrame: reverse.frame, scope: .station)
        // Between a host and the gateway it is about the gateway's address, told last or first.
        if sighting.isReverseGateway, !sighting.isGateway {
            let sender = sighting.packet.sender
            finding.claim = AddressPair(mac: sender.mac, ip: reverse.claimed)
            finding.other = sender.ip
            finding.isGateway = true
        }
        if finding.isGateway ?? sighting.isGateway { finding.scope = .binding }
        return finding
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) tells \(alert.otherText) that it is \(alert.addressText), and "
            + "\(alert.addressText) that it is \(alert.otherText): it puts itself between them."
    }
}
