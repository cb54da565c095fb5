// SPDX-License-Identifier: Apache-2.0

/// What is remembered of alerts is found by it.
struct AlertKey: TableKey {
    /// What is remembered.
    enum Role: UInt8 {
        /// One matter: what a rule says of an address or a station.
        case matter
        /// One incident: what is said of an address and the station that it leads to.
        case incident
        /// The same of an address and an accused, where it leads to another station.
        case accusation
        /// The same of an address that several stations claim, where nobody is accused.
        case conflict
        /// How often something was told of one station, or one address.
        case count
        /// The same of what anybody can have in common with others; what is graver counts apart,
        /// so that nothing less keeps it waiting.
        case lesserShare
        case share
        case criticalShare
        /// The same of what accuses nobody, which has no source: a frame may name any.
        case nobodysLesserShare
        case nobodysShare
        case nobodysCriticalShare
    }

    var role: Role
    var rule: RuleID?
    var address: AddressKey
    var station: StationKey

    /// The key of an address and a station, each where it matters, and of a rule where it does.
    init(
        _ role: Role, _ rule: RuleID? = nil, _ ip: IPv4Address = .unspecified,
        _ station: MACAddress = .zero, in segment: Segment
    ) {
        self.role = role
        self.rule = rule
        address = AddressKey(segment: segment, ip: ip)
        self.station = StationKey(segment: segment, mac: station)
    }

    func mixed(seed: UInt64) -> UInt64 {
        let number = UInt64(rule?.hashIndex ?? 0) << 8 | UInt64(role.rawValue)
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

/// Whom and what a finding is about, as far as further ones are told by it or folded.
extension Finding {
    /// Whether it is about whom an address leads to, whoever sends the frames.
    private var isAboutClaimant: Bool {
        guard accused != nil, !isPutBack, rule != .invalidSender else { return false }
        return scope == .binding || rule == .betweenTwo
    }

    /// The station that it is about: the one that the claim leads to, or else the accused. Who
    /// puts an owner back claims nothing for itself, and an invalid sender is no station.
    var subject: MACAddress? { isAboutClaimant ? claim?.mac ?? accused : accused }

    /// The station whose incident it is: what others say in an owner's name is theirs, or it would
    /// hide who takes the address from that one.
    var incidentStation: MACAddress? { isInOwnersName ? accused : subject }

    /// Whether it is about what somebody unknown says in an owner's name.
    var isNobodys: Bool { isInOwnersName && accused == nil }

    /// Whether it belongs to the incident of an address and a station. What a station sends at all
    /// names any address, and an invalid sender, whom nobody can find, anybody as its source.
    var isOfIncident: Bool {
        switch rule {
        case .invalidSender: false
        case .betweenTwo, .poisonedPeer: true
        default: scope != .station && claim != nil
        }
    }

    /// Whether it is an attack on one address, short of one that is beyond doubt.
    private var isAttack: Bool {
        severity == .high && (scope == .binding || scope == .address) && accused != nil
    }

    /// Hands each station that a conflict names to `body`.
    func forEachSide(_ body: (MACAddress) -> Void) {
        if let claim { body(claim.mac) }
        if let rival { body(rival) }
    }

    /// Hands the keys of what goes on as long as this does to `body`: one, but of an invalid
    /// sender, whose frames may have any source and of whom one source may have any number.
    func forEachMatter(in segment: Segment, _ body: (AlertKey) -> Void) {
        let ip = claim?.ip ?? .unspecified
        switch scope {
        case .segment, .interface: body(AlertKey(.matter, rule, in: segment))
        case .station:
            body(AlertKey(.matter, rule, .unspecified, subject ?? .zero, in: segment))
        case .address: body(addressMatter(in: segment))
        case .sides:
            forEachSide { body(AlertKey(.matter, rule, ip, $0, in: segment)) }
        case .binding:
            body(AlertKey(.matter, rule, ip, subject ?? .zero, in: segment))
            if rule == .invalidSender, let claim, claim.mac != subject {
                body(AlertKey(.matter, rule, ip, claim.mac, in: segment))
            }
        }
    }

    /// The key of all that the rule says of the address.
    func addressMatter(in segment: Segment) -> AlertKey {
        AlertKey(.matter, rule, claim?.ip ?? .unspecified, in: segment)
    }

    /// Hands the keys by which it is told a few times only to `body`: of a station that attacks, or
    /// is one side of a conflict, with so many addresses; of an address that moves on and on. The
    /// gateway's is told besides.
    func forEachCount(in segment: Segment, _ body: (AlertKey) -> Void) {
        if rule == .bindingChanged, let claim {
            body(AlertKey(.count, rule, claim.ip, in: segment))
        }
        guard isGateway != true, isAttack || rule == .bindingChanged || rule == .addressConflict
        else { return }
        let rule = isAttack ? nil : rule
        if accused == nil {
            forEachSide { body(AlertKey(.count, rule, .unspecified, $0, in: segment)) }
        } else if let subject {
            body(AlertKey(.count, rule, .unspecified, subject, in: segment))
        }
    }

    /// Hands the keys of what it has in common with findings about other stations to `body`, any
    /// of whom may be invented: the station whose traffic is stolen, the address between whose
    /// station and another one somebody stands, or `isSource` what the frames came from. What
    /// accuses nobody has that in common: it leads to none of the stations in whose name it is
    /// said, nor to a source that is worn.
    func forEachShare(in segment: Segment, _ body: (AlertKey, _ isSource: Bool) -> Void) {
        if rule == .portStealing, let rival {
            body(AlertKey(share, rule, .unspecified, rival, in: segment), false)
        }
        if rule == .betweenTwo, let claim {
            body(AlertKey(share, rule, claim.ip, in: segment), false)
        }
        guard isAboutClaimant || hasNobodysShare, let claim else { return }
        let isDear = isGateway == true || severity == .critical
        let ip = isDear ? claim.ip : .unspecified
        let rule = severity >= .high ? nil : rule
        if hasNobodysShare { return body(AlertKey(nobodysShare, rule, ip, in: segment), true) }
        for source in [accused, carrier == accused ? nil : carrier] {
            guard let source, source != claim.mac else { continue }
            body(AlertKey(share, rule, ip, source, in: segment), true)
        }
    }

    /// Whether it has in common with others that it accuses nobody of what is said in a station's
    /// name.
    private var hasNobodysShare: Bool {
        rule == .contestedByForger ? accused == nil : isNobodys && rule != .betweenTwo
    }

    private var nobodysShare: AlertKey.Role {
        switch share {
        case .criticalShare: .nobodysCriticalShare
        case .share: .nobodysShare
        default: .nobodysLesserShare
        }
    }

    private var share: AlertKey.Role {
        if severity == .critical { return .criticalShare }
        return severity == .high ? .share : .lesserShare
    }
}
