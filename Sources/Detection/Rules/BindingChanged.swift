// SPDX-License-Identifier: Apache-2.0

/// C1: an address moved to another station, nothing explains it, and the old owner is silent.
///
/// Source: arpwatch's `changed ethernet address`. Most such moves are honest (a new device, a
/// container, a bond's other port), hence low; the gateway's are worth a look.
enum BindingChanged {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        // Of a flood it is told once: F2.
        guard let change = sighting.change, !change.isReturn,
            sighting.takers < thresholds.takersMax
        else { return nil }
        return Finding(
            rule: .bindingChanged, severity: sighting.isGateway ? .medium : .low,
            confidence: .low, accused: sighting.speaker, claim: sighting.packet.sender,
            rival: change.previous, firstFrame: change.previousFrame, isFurther: change.isFurther)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.addressText) moved from \(alert.rivalText) to \(alert.claimantText), and "
            + "nothing heard so far explains it."
    }
}
