// SPDX-License-Identifier: Apache-2.0

extension Alert {
    /// What kind of matter it is, in plain words; several rules may share one.
    public var category: String { kind.category }

    /// One line that names the matter and the address or station it is about.
    public var signature: String {
        let subject = claim.map { " \($0.ip)" } ?? accused.map { " by \($0)" } ?? ""
        let matter = rule == .portStealing ? "another station's traffic is drawn off" : kind.summary
        return "\(kind.category): \(matter)\(subject)"
    }

    /// What happened, in one sentence.
    public var explanation: String {
        switch rule {
        case .staticBinding: StaticBinding.explain(self)
        case .bindingChanged: BindingChanged.explain(self)
        case .contestedByForger: ContestedByForger.explain(self)
        case .inventedClaimants: InventedClaimants.explain(self)
        case .contestedGateway: ContestedGateway.explain(self)
        case .addressConflict: AddressConflict.explain(self)
        case .gatewayWithOthers: GatewayWithOthers.explain(self)
        case .repeatedUnsolicited, .repeatedUnsolicitedAlone: RepeatedUnsolicited.explain(self)
        case .toldAgainstOwner: ToldAgainstOwner.explain(self)
        case .asksForItsClaim: AsksForItsClaim.explain(self)
        case .betweenTwo: BetweenTwo.explain(self)
        case .poisonedPeer: PoisonedPeer.explain(self)
        case .sourceMismatch: SourceMismatch.explain(self)
        case .speaksForMany: SpeaksForMany.explain(self)
        case .portStealing: PortStealing.explain(self)
        case .restore: Restore.explain(self)
        case .claimFlood: Floods.explainClaims(self)
        case .newcomerFlood: Floods.explainNewcomers(self)
        case .requestStorm: Floods.explainRequests(self)
        case .scan: AddressScan.explain(self)
        case .invalidSender: InvalidSender.explain(self)
        case .malformed:
            (malformation?.hides == true
                ? "A frame can't be judged: " : "A packet breaks the rules of ARP: ")
                + "\(malformation?.rawValue ?? "")."
        case .explainedMove: ExplainedMove.explain(self)
        }
    }

    /// What to do about it, in one sentence.
    public var advice: String {
        switch rule {
        case .malformed where malformation == .hiddenByTags:
            "Find the switch port at which such frames come in: no honest station sends them."
        case .explainedMove: "Nothing: this is how such networks work."
        case .repeatedUnsolicited where severity < .high,
            .repeatedUnsolicitedAlone where severity < .high && listener != nil:
            "Look at the accused station before it is taken off the network: it may answer "
                + "questions that are not captured, or be another port of the owner."
        case .addressConflict where isGateway,
            .bindingChanged where isGateway:
            "Find out which of the two is the router: one may have taken the other's place, or "
                + "both be one machine (VRRP, HSRP); take off the network what is neither."
        case .contestedGateway:
            "Find out which of the two is the router, and take the other one off the network."
        case .contestedByForger where accused == nil:
            "Find out which of the two is the owner, and take the other one off the network."
        case .inventedClaimants, .newcomerFlood:
            "Find the switch port at which these stations come in, and see what runs there."
        case .poisonedPeer:
            "Clear that host's ARP cache, and look at both stations before one is taken off the "
                + "network: its answers may be forged themselves."
        case .portStealing:
            "Look at both stations before one is taken off the network: who sends such frames can "
                + "make them accuse anybody."
        case .gatewayWithOthers, .repeatedUnsolicited, .repeatedUnsolicitedAlone,
            .toldAgainstOwner, .betweenTwo:
            accused == nil
                ? "Find the switch port at which such frames come in: they wear another source."
                : kind.advice
        default: kind.advice
        }
    }

    var addressText: String { claim.map { "\($0.ip)" } ?? "an address" }
    var claimantText: String { claim.map { "\($0.mac)" } ?? "a station" }
    var claimText: String { "\(claimantText) claims \(addressText)," }
    var accusedText: String { accused.map { "\($0)" } ?? "A station" }
    var rivalText: String { rival.map { "\($0)" } ?? "another station" }
    var otherText: String { other.map { "\($0)" } ?? "another station" }
}

extension Alert {
    /// Who else has, or had, the claimed address; nil where `rival` is another station.
    public var otherOwner: MACAddress? {
        switch rule {
        case .repeatedUnsolicited, .repeatedUnsolicitedAlone, .asksForItsClaim, .portStealing: nil
        default: rival
        }
    }

    /// Who is told of the claim, unasked; nil where the rule tells of no listener.
    public var listener: MACAddress? {
        switch rule {
        case .repeatedUnsolicited, .repeatedUnsolicitedAlone: rival
        default: nil
        }
    }
}
