// SPDX-License-Identifier: Apache-2.0

/// Lets each matter be reported once, and again only when it gets worse.
///
/// A matter is what one rule says of one address and station. What further rules say of the same
/// two belongs to the same incident: it is reported only where it is graver than all before. The
/// station is the one that the claim leads to, or else the accused. A matter that goes on is not
/// told again, but no other one keeps it from being told for longer than the window: what anybody
/// can have in common with others bounds how many are told, and that for a while.
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
            note(finding, known, isTold: false, segment, at: time)
            return nil
        }
        if goesOn(finding, segment, at: time) {
            noteConflict(finding, segment, at: time)
            return nil
        }
        if isMoveBack(finding, segment, at: time) { return nil }
        let isOneOfMany = self.isOneOfMany(finding, segment, at: time)
        if !isOneOfMany {
            if known < .high, waits(finding, segment, at: time) { return nil }
            finding.forEachCount(in: segment) { count($0, at: time, lasting: true) }
        }
        noteMatter(finding, segment, at: time)
        let severity = isOneOfMany ? finding.severity : max(known, finding.severity)
        note(finding, severity, isTold: !isOneOfMany, segment, at: time)
        return isOneOfMany ? nil : finding
    }

    /// Forgets what was reported about these addresses.
    mutating func forget(_ addresses: Set<IPv4Address>) {
        reported.removeAll { addresses.contains($0.address.ip) }
    }
}

// MARK: - Matters

extension AlertFolder {
    /// Whether a finding adds nothing to what its rule told a short while ago, which then goes on.
    private mutating func goesOn(_ finding: Finding, _ segment: Segment, at time: Int64) -> Bool {
        // Who can bring about less of the kind as often as it likes hides nothing graver by it.
        let isLasting = finding.scope == .binding
        var (goesOn, isNew) = (false, false)
        finding.forEachMatter(in: segment) { key in
            if self.goesOn(key, finding.severity, at: time, lasting: isLasting) {
                goesOn = true
            } else {
                isNew = true
            }
        }
        guard finding.scope == .sides else { return goesOn }
        // A further station in a conflict is worth a word once in a window.
        let all = finding.addressMatter(in: segment)
        return !isNew || severity(of: all, at: time) >= finding.severity
    }

    /// Whether what was told under a key a short while ago was no less grave. What is less than was
    /// told makes a matter last longer where it is `lasting`.
    private mutating func goesOn(
        _ key: AlertKey, _ severity: Severity, at time: Int64, lasting: Bool
    ) -> Bool {
        guard let place = reported.find(key), reported[place].severity >= severity,
            time.isWithin(window, of: reported[place].lastTime)
        else { return false }
        if lasting || reported[place].severity == severity { reported[place].lastTime = time }
        return true
    }

    private mutating func noteMatter(_ finding: Finding, _ segment: Segment, at time: Int64) {
        finding.forEachMatter(in: segment) { note($0, finding.severity, at: time) }
        if finding.scope == .sides {
            note(finding.addressMatter(in: segment), finding.severity, at: time)
        }
    }

    /// Whether a station was told with so many addresses, as an attacker or as one side of a
    /// conflict, that one more is no news, or an address was told to have moved so often.
    private mutating func isOneOfMany(
        _ finding: Finding, _ segment: Segment, at time: Int64
    ) -> Bool {
        var isOneOfMany = false
        finding.forEachCount(in: segment) { key in
            guard isFull(key, addressesMax, at: time), let place = reported.find(key)
            else { return }
            reported[place].lastTime = time
            isOneOfMany = true
        }
        return isOneOfMany
    }

    /// Whether so much was told of other stations that have the same in common that this one has
    /// to wait: until the first of those was told a window ago, whatever goes on. Who was told of
    /// another address is no other station.
    private mutating func waits(_ finding: Finding, _ segment: Segment, at time: Int64) -> Bool {
        var (isToldOf, waits) = (false, false)
        finding.forEachCount(in: segment) { if isFull($0, 1, at: time) { isToldOf = true } }
        finding.forEachShare(in: segment) { key, isSource in
            let countMax = isSource ? min(Self.ofOneSourceMax, addressesMax) : addressesMax
            if isFull(key, countMax, at: time), !(isSource && isToldOf) { waits = true }
        }
        if waits { return true }
        finding.forEachShare(in: segment) { key, isSource in
            if !(isSource && isToldOf) { count(key, at: time, lasting: false) }
        }
        return false
    }

    /// How many stations are told that one source of frames speaks for, or that nobody knows who
    /// speaks for: who can be found by it has been, by then.
    private static let ofOneSourceMax = 2

    private func isFull(_ key: AlertKey, _ countMax: Int, at time: Int64) -> Bool {
        guard let known = reported.value(key) else { return false }
        return time.isWithin(window, of: known.lastTime) && Int(known.count) >= countMax
    }

    /// Counts one more, in a window that begins with the first, or where it is `lasting` anew with
    /// each.
    private mutating func count(_ key: AlertKey, at time: Int64, lasting: Bool) {
        let (place, _) = reported.findOrInsert(key, Reported(severity: .info, lastTime: time))
        let isLongAgo = !time.isWithin(window, of: reported[place].lastTime)
        if isLongAgo { reported[place].count = 0 }
        if isLongAgo || lasting { reported[place].lastTime = time }
        reported[place].count += 1
    }
}

// MARK: - Incidents

extension AlertFolder {
    /// How grave the incident is that a finding belongs to, as far as it was reported.
    private func incident(_ finding: Finding, _ segment: Segment, at time: Int64) -> Severity {
        guard let ip = finding.claim?.ip, finding.rule != .invalidSender else { return .info }
        if finding.isNobodys { return severity(of: nobodys(ip, segment), at: time) }
        guard let accused = finding.accused, let subject = finding.incidentStation else {
            return conflict(finding, ip, segment, at: time)
        }
        var known = severity(of: AlertKey(.incident, nil, ip, subject, in: segment), at: time)
        if subject == accused {
            let accusation = AlertKey(.accusation, nil, ip, accused, in: segment)
            known = max(known, severity(of: accusation, at: time))
        }
        if finding.rule == .sourceMismatch, let claimant = finding.claim?.mac {
            let key = AlertKey(.incident, nil, ip, claimant, in: segment)
            known = max(known, severity(of: key, at: time))
        }
        return known
    }

    /// Whether an address moved from who stands accused: it comes back, and has moved no further,
    /// as far as is known.
    private func isMoveBack(_ finding: Finding, _ segment: Segment, at time: Int64) -> Bool {
        guard finding.rule == .bindingChanged, !finding.isFurther, let ip = finding.claim?.ip,
            let previous = finding.rival
        else { return false }
        return severity(of: AlertKey(.incident, nil, ip, previous, in: segment), at: time) >= .high
    }

    /// The same of a finding that accuses nobody: what was said of a station that it names, or what
    /// is graver of the address. Who invents stations is another one than those that are named; and
    /// no word about the gateway's first owner hides who takes the address from it.
    private func conflict(
        _ finding: Finding, _ ip: IPv4Address, _ segment: Segment, at time: Int64
    ) -> Severity {
        guard finding.scope == .sides else { return .info }
        let graver = severity(of: AlertKey(.conflict, nil, ip, in: segment), at: time)
        var known = graver > finding.severity ? graver : .info
        finding.forEachSide { side in
            if finding.rule == .contestedGateway, side != finding.claim?.mac { return }
            let key = AlertKey(.incident, nil, ip, side, in: segment)
            known = max(known, severity(of: key, at: time))
        }
        return known
    }

    private func severity(of key: AlertKey, at time: Int64) -> Severity {
        guard let known = reported.value(key), time.isWithin(window, of: known.lastTime)
        else { return .info }
        return known.severity
    }

    /// Notes how grave the incident is: for the station that it is about, for whoever is accused of
    /// it, and for the other end of a pair. A conflict makes those of its stations last that were
    /// told, as what is folded does with an accused: nobody stands accused of what was not told.
    private mutating func note(
        _ finding: Finding, _ severity: Severity, isTold: Bool, _ segment: Segment, at time: Int64
    ) {
        guard severity > .info, finding.isOfIncident, let ip = finding.claim?.ip else { return }
        if finding.isNobodys { return note(nobodys(ip, segment), severity, at: time) }
        guard let accused = finding.accused, let subject = finding.incidentStation else {
            if finding.scope == .sides {
                finding.forEachSide { station in
                    let key = AlertKey(.incident, nil, ip, station, in: segment)
                    if self.severity(of: key, at: time) >= .high { note(key, .high, at: time) }
                }
            }
            return noteConflict(finding, segment, at: time)
        }
        note(AlertKey(.incident, nil, ip, subject, in: segment), severity, at: time)
        if accused != subject {
            let key = AlertKey(.accusation, nil, ip, accused, in: segment)
            if isTold || self.severity(of: key, at: time) >= severity {
                note(key, severity, at: time)
            }
        }
        if finding.rule == .betweenTwo, let other = finding.other {
            note(AlertKey(.incident, nil, other, subject, in: segment), severity, at: time)
        }
    }

    /// The key of what is said in the name of an address's owner by who knows whom.
    private func nobodys(_ ip: IPv4Address, _ segment: Segment) -> AlertKey {
        AlertKey(.accusation, nil, ip, in: segment)
    }

    /// Notes that an address is contested so gravely that less of the kind adds nothing.
    private mutating func noteConflict(_ finding: Finding, _ segment: Segment, at time: Int64) {
        guard finding.accused == nil, finding.severity >= .high, let ip = finding.claim?.ip
        else { return }
        note(AlertKey(.conflict, nil, ip, in: segment), finding.severity, at: time)
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
