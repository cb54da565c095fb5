// SPDX-License-Identifier: Apache-2.0

/// What tells a forger from an honest owner.
public struct ForgerEvidence: OptionSet, Hashable, Sendable {
    /// One bit for each kind of evidence.
    public let rawValue: UInt16

    /// The evidence with these bits.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// It answers again and again although nobody asks.
    public static let unsolicited = ForgerEvidence(rawValue: 1 << 0)
    /// It has another address that its rival never uses.
    public static let ownsAnother = ForgerEvidence(rawValue: 1 << 1)
    /// It took a second address as well.
    public static let contestsAnother = ForgerEvidence(rawValue: 1 << 2)
    /// Its frames come from another station than they say.
    public static let mismatched = ForgerEvidence(rawValue: 1 << 3)
    /// It put the true owner back.
    public static let restores = ForgerEvidence(rawValue: 1 << 4)
    /// It wears a virtual router's address, and no router advertises.
    public static let virtualMAC = ForgerEvidence(rawValue: 1 << 5)

    /// It told one station, unasked, against an owner that had just spoken for itself.
    public static let contradictsOwner = ForgerEvidence(rawValue: 1 << 6)
    /// It asked others for the very address that it claims.
    public static let asksForIt = ForgerEvidence(rawValue: 1 << 7)

    /// What honest stations with several addresses show as well.
    static let weak: ForgerEvidence = [.ownsAnother, .contestsAnother]
}

/// What a rule makes of a packet. It allocates nothing: words are found when it is reported.
struct Finding: Equatable, Sendable {
    /// The rule that speaks.
    var rule: RuleID
    /// How bad it is.
    var severity: Severity
    /// How sure the rule is.
    var confidence: Confidence
    /// Who is to blame, as far as can be told.
    var accused: MACAddress?
    /// The address that it is about, and who claims it.
    var claim: AddressPair?
    /// Where the frame came from, if not from the packet's sender.
    var carrier: MACAddress?
    /// The other station that claims it, or that the claim is made to.
    var rival: MACAddress?
    /// Another address that matters: the accused's own, or the other end of a pair.
    var other: IPv4Address?
    /// What tells a forger.
    var evidence: ForgerEvidence = []
    /// How often it was seen.
    var count = 1
    /// The first frame that belongs to it.
    var firstFrame: UInt64?
    /// Whether it is about the router's address; `nil` when that is told of the packet's sender.
    var isGateway: Bool?
    /// Whether the packet names an owner whose address its source, the accused, had taken: it leads
    /// to nobody else.
    var isPutBack = false
    /// Whether the packet names the address's owner, whom it leads to, and another station sent it.
    var isInOwnersName = false
    /// Whether an address moved on from a station that had taken it from yet another one.
    var isFurther = false
    /// What further findings of the rule are folded by.
    var scope = Scope.binding

    /// The segment that it is about, where a frame of `segment` brought it about.
    func place(in segment: Segment) -> Segment {
        scope == .interface ? segment.untagged : segment
    }

    /// What makes two findings of one rule the same matter.
    enum Scope: Sendable {
        /// The same address and the same station that it leads to.
        case binding
        /// The same address, whoever is accused.
        case address
        /// The same address and the same two stations, of which none is accused.
        case sides
        /// The same accused, whatever the address.
        case station
        /// The same segment.
        case segment
        /// The same interface, whatever the VLAN.
        case interface
    }
}
