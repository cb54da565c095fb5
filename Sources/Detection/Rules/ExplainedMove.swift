// SPDX-License-Identifier: Apache-2.0

/// I1: an address moved, and something explains it.
///
/// Source: RFC 2131 (a lease), RFC 5798 (routers that share an address).
enum ExplainedMove {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let previous = sighting.movedFrom else { return nil }
        return Finding(
            rule: .explainedMove, severity: .info, confidence: .high,
            claim: sighting.packet.sender, rival: previous)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.addressText) moved from \(alert.rivalText) to \(alert.claimantText), as a lease "
            + "or a group of routers had said."
    }
}
