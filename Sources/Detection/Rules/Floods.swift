// SPDX-License-Identifier: Apache-2.0

/// F1, F2 and F3: more than honest stations send.
///
/// Firewalls that start or take over tell everybody about each of their addresses at once, which
/// all had one owner before if any; they repeat themselves, and whisper to nobody. A loop of cables
/// repeats what a station says of its own address.
///
/// Source: rates of flooding tools and of honest storms, measured. New stations alone are no
/// proof (a building wakes up after a power cut, the capture of a large network begins): those of a
/// flood have invented addresses, begin with answers that nobody asked for, or take addresses that
/// others have. Where hardly any of those others is still there, they are likelier the same
/// machines, started again.
enum Floods {
    static func judgeClaims(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.rates.claims >= thresholds.claimsMax else { return nil }
        let isFirewall =
            sighting.form == .announcement && !sighting.robsSeveral
            && 4 * sighting.newAddresses >= sighting.rates.claims
        let isLoop =
            sighting.form == .announcement && sighting.isSettled && !sighting.isMismatched
        return Finding(
            rule: .claimFlood, severity: isFirewall || isLoop ? .medium : .high,
            confidence: .medium,
            accused: sighting.origin,
            claim: sighting.packet.sender, count: sighting.rates.claims, scope: .station)
    }

    static func judgeNewcomers(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        if sighting.isBackAfterRobbery {
            return Finding(
                rule: .newcomerFlood, severity: .high, confidence: .medium,
                count: thresholds.takersMax, scope: .segment)
        }
        guard let newcomers = sighting.newcomers else { return nil }
        let isSpread = newcomers.firstOctets >= Self.inventedFirstOctets
        let invented = isSpread ? newcomers.all : newcomers.unsolicited
        let isFlood =
            invented >= thresholds.inventedNewcomersMax
            || newcomers.late >= max(thresholds.newcomersMax, newcomers.lateExpected)
        guard isFlood || sighting.takers >= thresholds.takersMax else {
            return judgeInterface(sighting, thresholds)
        }
        let isRobbery = 2 * sighting.robbed >= thresholds.takersMax
        return Finding(
            rule: .newcomerFlood, severity: isFlood || isRobbery ? .high : .low,
            confidence: .medium,
            count: max(newcomers.all, invented, sighting.takers), scope: .segment)
    }

    /// Many VLANs wake up at once as well: so many more must come.
    private static func judgeInterface(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard let newcomers = sighting.newcomersOfInterface,
            newcomers.late
                >= max(Self.vlansMin * thresholds.newcomersMax, newcomers.lateExpected)
        else { return nil }
        return Finding(
            rule: .newcomerFlood, severity: .high, confidence: .medium, count: newcomers.late,
            scope: .interface)
    }

    static func judgeRequests(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        guard sighting.rates.requests >= thresholds.requestsMax else { return nil }
        return Finding(
            rule: .requestStorm, severity: .medium, confidence: .medium,
            accused: sighting.origin, count: sighting.rates.requests, scope: .station)
    }

    /// Networks use addresses of one or a few prefixes, invented addresses are from all over.
    private static let inventedFirstOctets = 32
    /// How many times the stations of one segment are too many for those of all VLANs.
    private static let vlansMin = 4

    static func explainClaims(_ alert: Alert) -> String {
        "\(alert.accusedText) made \(alert.evidence.count) or more claims within seconds that "
            + "nobody had asked for."
    }

    static func explainNewcomers(_ alert: Alert) -> String {
        let stations = "\(alert.evidence.count) or more stations appeared within seconds"
        return alert.severity == .high
            ? "\(stations): somebody invents them."
            : "\(stations) under addresses that others had: machines that start again do so."
    }

    static func explainRequests(_ alert: Alert) -> String {
        "\(alert.accusedText) sent \(alert.evidence.count) or more questions within seconds."
    }
}
