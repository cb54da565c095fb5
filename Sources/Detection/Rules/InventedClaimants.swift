// SPDX-License-Identifier: Apache-2.0

/// C5: one station after the other that nobody ever heard before takes an address, unasked, while
/// its owner goes on to use it.
///
/// Source: denial of service with an invented hardware address in each frame. Machines that start
/// one after the other under one address, as containers do, have no owner to take it from. Devices
/// that all start under the address of their factory are heard again: that is a conflict.
enum InventedClaimants {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let change = sighting.change, sighting.strangers >= thresholds.strangersMax,
            sighting.suspect?.original != sighting.packet.sender.mac
        else { return nil }
        return Finding(
            rule: .inventedClaimants, severity: .high, confidence: .medium,
            claim: sighting.packet.sender, rival: change.previous, count: sighting.strangers,
            firstFrame: sighting.suspect?.firstFrame, scope: .address)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.addressText) was taken by \(alert.evidence.count) or more stations that nobody "
            + "had heard before, while its owner is there: somebody invents them."
    }
}
