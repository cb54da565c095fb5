// SPDX-License-Identifier: Apache-2.0

/// Which findings a person does not want to hear of. What is left open fits everything.
public struct Suppression: Hashable, Sendable {
    /// The rule that speaks.
    public var rule: RuleID?
    /// The address that it is about.
    public var ip: IPv4Address?
    /// The station that is accused or claims the address; of a conflict (C4) either side.
    public var mac: MACAddress?
    /// The innermost VLAN it was seen on.
    public var vlan: UInt16?

    /// A suppression of what fits all that is given.
    public init(
        rule: RuleID? = nil, ip: IPv4Address? = nil, mac: MACAddress? = nil, vlan: UInt16? = nil
    ) {
        self.rule = rule
        self.ip = ip
        self.mac = mac
        self.vlan = vlan
    }

    /// Whether a finding in a segment is one of them.
    func fits(_ finding: Finding, in segment: Segment) -> Bool {
        if let rule, rule != finding.rule { return false }
        if let ip, ip != finding.claim?.ip { return false }
        if let mac, mac != finding.accused, mac != finding.claim?.mac {
            // Of a conflict nobody knows who is the owner. Elsewhere the rival is the victim, such
            // as the gateway: nobody who is tired of a station's doings wants to miss what is done
            // to it.
            guard finding.rule == .addressConflict, mac == finding.rival else { return false }
        }
        if let vlan, vlan != segment.vlans.ids.last { return false }
        return true
    }
}

extension DetectorConfiguration {
    /// Whether nobody wants to hear of a finding. A declared binding stands above trust.
    func suppresses(_ finding: Finding, in segment: Segment) -> Bool {
        isTrusted(finding) || suppressions.contains { $0.fits(finding, in: segment) }
    }

    /// Whether a finding is about trusted stations alone. Anybody can wear a trusted station's
    /// address as the source of a frame, so the station that the claim leads to must be trusted
    /// as well; but whom a trusted one speaks for is its own affair.
    private func isTrusted(_ finding: Finding) -> Bool {
        guard let accused = finding.accused, trusts(accused) else { return false }
        switch finding.rule {
        case .staticBinding: return false
        case .sourceMismatch, .speaksForMany, .restore: return true
        default: return finding.claim.map { trusts($0.mac) } ?? true
        }
    }
}
