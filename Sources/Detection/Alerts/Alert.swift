// SPDX-License-Identifier: Apache-2.0

/// What was seen that made a rule speak.
public struct AlertEvidence: Equatable, Sendable {
    /// The number of the first frame that belongs to it; that of ``lastFrame`` for a rate.
    public let firstFrame: UInt64
    /// The number of the frame at which the rule spoke.
    public let lastFrame: UInt64
    /// How often it was seen: changes of owner, answers, stations, as the rule counts.
    public let count: Int
    /// What tells, in short sentences.
    public let sentences: [String]
}

/// What a rule has to say, with all that a person needs to judge it.
public struct Alert: Equatable, Sendable {
    /// The rule that spoke.
    public let rule: RuleID
    /// How bad it is.
    public let severity: Severity
    /// How sure the rule is.
    public let confidence: Confidence
    /// The number of the frame at which the rule spoke, from 1.
    public let frame: UInt64
    /// When that frame was captured: nanoseconds since 1970, UTC.
    public let time: Int64
    /// The ARP packet in that frame; `nil` where there is no whole one.
    public let packet: ARPPacket?
    /// Where it was seen.
    public let segment: Segment
    /// Whether it is about the router's address.
    public let isGateway: Bool
    /// The station to blame, as far as can be told.
    public let accused: MACAddress?
    /// The address it is about, and the station that claims it.
    public let claim: AddressPair?
    /// The other station: who had the address, or whom the claim is made to, as the rule says.
    public let rival: MACAddress?
    /// Another address that matters, as the rule says.
    public let other: IPv4Address?
    /// What tells a forger.
    public let forgerEvidence: ForgerEvidence
    /// What was seen.
    public let evidence: AlertEvidence
    /// How the packet breaks ARP's rules, where it does.
    public let malformation: Malformation?

    /// The alert that `finding` on a sighting makes.
    init(_ finding: Finding, _ sighting: Sighting) {
        let texts = EvidenceText.sentences(finding, sighting)
        self.init(
            finding, frame: sighting.frame, time: sighting.time, packet: sighting.packet,
            segment: finding.place(in: sighting.packet.segment),
            isGateway: finding.isGateway ?? sighting.isGateway, sentences: texts)
    }

    /// The alert that `finding` on a frame makes.
    init(
        _ finding: Finding, frame: UInt64, time: Int64, packet: ARPPacket? = nil,
        segment: Segment = Segment(), isGateway: Bool = false, sentences: [String],
        malformation: Malformation? = nil
    ) {
        rule = finding.rule
        severity = finding.severity
        confidence = finding.confidence
        self.frame = frame
        self.time = time
        self.packet = packet
        self.segment = segment
        self.isGateway = isGateway
        // Which of two is the router nobody can tell by a move alone: the forger may be first.
        accused = finding.rule == .bindingChanged && isGateway ? nil : finding.accused
        claim = finding.claim
        rival = finding.rival
        other = finding.other
        forgerEvidence = finding.evidence
        // What was known before the first frame has none.
        let firstFrame = finding.firstFrame.flatMap { $0 == 0 ? nil : min($0, frame) } ?? frame
        evidence = AlertEvidence(
            firstFrame: firstFrame, lastFrame: frame, count: finding.count, sentences: sentences)
        self.malformation = malformation
    }
}
