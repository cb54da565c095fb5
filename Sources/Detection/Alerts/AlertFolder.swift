// SPDX-License-Identifier: Apache-2.0

/// What makes two findings one matter; without a rule, what makes them one incident.
struct AlertKey: TableKey {
    var rule: RuleID?
    var address: AddressKey
    var station: StationKey

    func mixed(seed: UInt64) -> UInt64 {
        let number = UInt64(rule?.hashIndex ?? 0)
        return address.mixed(seed: seed) ^ station.mixed(seed: ~seed) &+ number
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
///
/// A matter is what one rule says of one address and station. What further rules say of the same
/// two belongs to the same incident: it is reported only where it is graver than all before. The
/// station is the accused, the one that the claim leads to, or the frame's source.
struct AlertFolder: ~Copyable, Sendable {
    struct Reported: Sendable {
        var severity: Severity
        var lastTime: Int64
        /// How often it was told, where that is counted.
        var count: UInt16 = 0
    }

    private(set) var reported: BoundedTable<AlertKey, Reported>
    private let window: Int64
    private let addressesMax: Int

    init(configuration: DetectorConfiguration) {
        reported = BoundedTable(
            countMax: configuration.limits.alertsMax, seed: configuration.tableSeed)
        window = configuration.thresholds.foldWindow
        addressesMax = configuration.thresholds.addressesToldMax
    }

    /// The finding as it is to be reported: the first of its kind in a while, or worse than
    /// before; `nil` when it adds nothing.
    mutating func news(in finding: Finding, segment: Segment, at time: Int64) -> Finding? {
        var finding = finding
        let known = incident(finding, segment, at: time)
        if finding.rule == .restore {
            // Whoever was accused before ends the attack; alone, this is what gives it away.
            if known >= .high { finding.severity = .low }
        } else if known >= .high, known >= finding.severity, finding.severity > .info {
            note(finding, known, segment, at: time)
            return nil
        }
        guard isNews(finding, segment, at: time) else { return nil }
        if isOneOfMany(finding, segment, at: time) {
            note(finding, finding.severity, segment, at: time)
            return nil
        }
        note(finding, max(known, finding.severity), segment, at: time)
        return finding
    }

    /// Whether a station was told with so many addresses, as an attacker or as one side of a
    /// conflict, that one more is no news, or an address was told to have moved so often. The
    /// gateway's is news whatever went before.
    private mutating func isOneOfMany(
        _ finding: Finding, _ segment: Segment, at time: Int64
    ) -> Bool {
        var isOneOfMany = false
        if finding.rule == .bindingChanged, let claim = finding.claim {
            isOneOfMany = isToldOften(AlertKey(claim.ip, .broadcast, in: segment), .low, at: time)
        }
        guard finding.isGateway != true else { return isOneOfMany }
        let isAttack =
            finding.severity == .high && finding.scope == .binding && finding.accused != nil
        guard isAttack || finding.rule == .bindingChanged || finding.rule == .addressConflict
        else { return isOneOfMany }
        finding.forEachSide { station in
            var key = AlertKey(.unspecified, station, in: segment)
            if !isAttack { key.rule = finding.rule }
            if isToldOften(key, finding.severity, at: time) { isOneOfMany = true }
        }
        return isOneOfMany
    }

    /// Counts one more finding of a kind, and says whether there were so many that it is no news.
    private mutating func isToldOften(
        _ key: AlertKey, _ severity: Severity, at time: Int64
    ) -> Bool {
        let new = Reported(severity: severity, lastTime: time)
        let (index, _) = reported.findOrInsert(key, new)
        if !time.isWithin(window, of: reported[index].lastTime) { reported[index].count = 0 }
        reported[index].lastTime = time
        if Int(reported[index].count) >= addressesMax { return true }
        reported[index].count += 1
        return false
    }

    private mutating func isNews(_ finding: Finding, _ segment: Segment, at time: Int64) -> Bool {
        guard finding.scope == .binding else {
            // Who can bring about less of the kind as often as it likes hides nothing graver by it.
            let key = finding.key(finding.accused, in: segment)
            let isNews = self.isNews(key, finding.severity, at: time, lasting: false)
            guard finding.scope == .stations, finding.rival != nil else { return isNews }
            let other = finding.key(finding.rival, in: segment)
            return self.isNews(other, finding.severity, at: time, lasting: false) && isNews
        }
        var isNews = true
        finding.forEachCulprit { culprit in
            let key = finding.key(culprit, in: segment)
            if !self.isNews(key, finding.severity, at: time, lasting: true) { isNews = false }
        }
        return isNews
    }

    /// Whether a finding is worse than what was told, or comes after a while. What is less than
    /// was told makes a matter last longer where it is `lasting`.
    private mutating func isNews(
        _ key: AlertKey, _ severity: Severity, at time: Int64, lasting: Bool
    ) -> Bool {
        let new = Reported(severity: severity, lastTime: time)
        let (index, isNew) = reported.findOrInsert(key, new)
        if isNew { return true }
        let known = reported[index]
        let isWorse = severity > known.severity
        let isLongAgo = !time.isWithin(window, of: known.lastTime)
        if lasting || isLongAgo || severity >= known.severity { reported[index].lastTime = time }
        if isWorse || isLongAgo { reported[index].severity = severity }
        return isWorse || isLongAgo
    }

    /// How grave the incident is that a finding belongs to, as far as it was reported.
    private func incident(_ finding: Finding, _ segment: Segment, at time: Int64) -> Severity {
        guard let ip = finding.claim?.ip else { return .info }
        var known = Severity.info
        finding.forEachCulprit { culprit in
            known = max(known, severity(of: AlertKey(ip, culprit, in: segment), at: time))
        }
        // An address that comes back from who stands accused has moved no further.
        guard finding.rule == .bindingChanged, let previous = finding.rival else { return known }
        let before = severity(of: AlertKey(ip, previous, in: segment), at: time)
        return max(known, before >= .high ? before : .info)
    }

    private func severity(of key: AlertKey, at time: Int64) -> Severity {
        guard let known = reported.value(key), time.isWithin(window, of: known.lastTime)
        else { return .info }
        return known.severity
    }

    /// Notes how grave the incident is: for the accused, and for whoever may be accused yet.
    private mutating func note(
        _ finding: Finding, _ severity: Severity, _ segment: Segment, at time: Int64
    ) {
        guard severity > .info, let claim = finding.claim else { return }
        finding.forEachCulprit { culprit in
            note(AlertKey(claim.ip, culprit, in: segment), severity, at: time)
        }
        if finding.accused != nil {
            note(AlertKey(claim.ip, nil, in: segment), severity, at: time)
            // A station that others speak for may be accused in its turn.
            note(AlertKey(claim.ip, claim.mac, in: segment), severity, at: time)
        }
        if finding.rule == .betweenTwo, let other = finding.other {
            finding.forEachCulprit {
                note(AlertKey(other, $0, in: segment), severity, at: time)
            }
        }
    }

    /// Forgets what was reported about these addresses.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        reported.removeAll { addresses.contains($0.address.ip) }
    }

    private mutating func note(_ key: AlertKey, _ severity: Severity, at time: Int64) {
        let new = Reported(severity: severity, lastTime: time)
        let (index, isNew) = reported.findOrInsert(key, new)
        if isNew { return }
        let isLongAgo = !time.isWithin(window, of: reported[index].lastTime)
        if isLongAgo || severity > reported[index].severity { reported[index].severity = severity }
        reported[index].lastTime = time
    }
}

extension AlertKey {
    /// The key of an incident.
    fileprivate init(_ ip: IPv4Address, _ accused: MACAddress?, in segment: Segment) {
        rule = nil
        address = AddressKey(segment: segment, ip: ip)
        station = StationKey(segment: segment, mac: accused ?? .zero)
    }
}

extension Finding {
    /// Hands each of those of whom it is told to `body`, once: the accused, the station that the
    /// claim leads to, and who sent the frame. A forger may make up either of the last two anew
    /// for every frame.
    fileprivate func forEachCulprit(_ body: (MACAddress) -> Void) {
        body(accused ?? .zero)
        guard let accused else { return }
        // Who puts an owner back claims nothing for itself.
        let claimant = rule == .restore ? nil : claim?.mac
        if let claimant, claimant != accused { body(claimant) }
        if let carrier, carrier != accused, carrier != claimant { body(carrier) }
    }

    /// The same of a conflict, which accuses nobody: each of the two stations.
    fileprivate func forEachSide(_ body: (MACAddress) -> Void) {
        guard rule == .addressConflict else { return forEachCulprit(body) }
        if let claim { body(claim.mac) }
        if let rival { body(rival) }
    }

    fileprivate func key(_ culprit: MACAddress?, in segment: Segment) -> AlertKey {
        let usesAddress = scope == .binding || scope == .address
        let usesStation = scope == .binding || scope == .station || scope == .stations
        let ip = usesAddress ? claim?.ip ?? .unspecified : .unspecified
        return AlertKey(
            rule: rule, address: AddressKey(segment: segment, ip: ip),
            station: StationKey(segment: segment, mac: usesStation ? culprit ?? .zero : .zero))
    }
}
