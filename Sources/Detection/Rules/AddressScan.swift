// SPDX-License-Identifier: Apache-2.0

/// N1: one station asks for many addresses in a short time.
///
/// Source: Slips' ARP scan rule, with its threshold raised. Inventory tools do so honestly. It
/// speaks when the threshold is reached, and again when it is in the next window.
enum AddressScan {
    static func judge(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.rates.scanned == thresholds.scannedMax else { return nil }
        return Finding(
            rule: .scan, severity: .low, confidence: .medium, accused: sighting.origin,
            count: sighting.rates.scanned, scope: .station)
    }

    static func explain(_ alert: Alert) -> String {
        "\(alert.accusedText) asked for \(alert.evidence.count) or more addresses within seconds."
    }
}
