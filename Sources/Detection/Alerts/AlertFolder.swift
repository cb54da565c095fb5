// SPDX-License-Identifier: Apache-2.0

/// What makes two findings one matter.
private struct AlertKey: TableKey {
    var rule: RuleID
    var address: AddressKey
    var station: StationKey

    func mixed(seed: UInt64) -> UInt64 {
        address.mixed(seed: seed) ^ station.mixed(seed: ~seed) &+ UInt64(rule.hashIndex)
    }
}

extension RuleID {
    /// A small number of its own.
    fileprivate var hashIndex: Int {
        var value = 0
        for byte in rawValue.utf8 { value = value << 8 | Int(byte) }
        return value
    }
}

/// Lets each matter be reported once, and again only when it gets worse.
struct AlertFolder: Sendable {
    private struct Reported: Sendable {
        var severity: Severity
        var lastTime: Int64
    }

    private var reported: BoundedTable<AlertKey, Reported>
    private let window: Int64

    init(configuration: DetectorConfiguration) {
        reported = BoundedTable(
            countMax: configuration.limits.alertsMax, seed: configuration.tableSeed)
        window = configuration.thresholds.foldWindow
    }

    /// Whether a finding is news: the first of its kind in a while, or worse than before.
    mutating func isNews(_ finding: Finding, in segment: Segment, at time: Int64) -> Bool {
        let new = Reported(severity: finding.severity, lastTime: time)
        let (index, isNew) = reported.findOrInsert(finding.key(in: segment), new)
        if isNew { return true }
        let known = reported[index]
        let isWorse = finding.severity > known.severity
        let isLongAgo = time.age(of: known.lastTime) > window
        reported[index].lastTime = time
        if isWorse || isLongAgo { reported[index].severity = finding.severity }
        return isWorse || isLongAgo
    }
}

extension Finding {
    fileprivate func key(in segment: Segment) -> AlertKey {
        let usesAddress = scope == .binding || scope == .address
        let usesStation = scope == .binding || scope == .station
        let ip = usesAddress ? claim?.ip ?? .unspecified : .unspecified
        let mac = usesStation ? accused ?? .zero : .zero
        return AlertKey(
            rule: rule, address: AddressKey(segment: segment, ip: ip),
            station: StationKey(segment: segment, mac: mac))
    }
}
