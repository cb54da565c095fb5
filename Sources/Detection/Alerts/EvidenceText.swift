// SPDX-License-Identifier: Apache-2.0

/// Short sentences for what tells a forger.
enum EvidenceText {
    static func sentences(_ finding: Finding, _ sighting: Sighting) -> [String] {
        var sentences: [String] = []
        // The frame's source may be accused of what another address is made to say.
        let speaker = finding.rule == .restore ? finding.accused : finding.claim?.mac
        let who = (speaker ?? finding.accused).map(String.init(describing:)) ?? "it"
        if let change = sighting.change, finding.rule.isAboutOwner {
            let window = sighting.change.map { _ in change.count } ?? 0
            sentences.append("the owner changed \(times(window)) in the last two minutes")
        }
        if finding.evidence.contains(.unsolicited) {
            let told = finding.rule == .contestedByForger ? sighting.suspect : sighting.claimant
            // C2 counts changes of owner.
            let least = finding.rule == .contestedByForger ? 1 : finding.count
            let count = max(least, Int(told?.unsolicited ?? 0))
            sentences.append("\(who) answered \(times(count)) although nobody had asked")
        }
        if finding.evidence.contains(.contradictsOwner), let rival = finding.rival {
            sentences.append("\(rival) spoke for the address itself a short while ago")
        }
        if finding.evidence.contains(.asksForIt) {
            sentences.append("\(who) asked others for this very address")
        }
        if let other = finding.other, finding.rule.namesOwnAddress {
            sentences.append("\(who) also uses \(other)")
        }
        if finding.evidence.contains(.contestsAnother) {
            sentences.append("\(who) took another station's address as well")
        }
        let mayBeWorn = finding.accused == nil && sighting.isMismatched
        if finding.evidence.contains(.mismatched) || mayBeWorn {
            let source = sighting.isMismatched ? " (\(sighting.packet.source))" : ""
            sentences.append("the frame's source\(source) and the ARP sender differ")
        }
        if finding.evidence.contains(.restores) {
            sentences.append("\(who) claimed the address itself before")
        }
        if finding.evidence.contains(.virtualMAC) {
            sentences.append(
                "\(who) is a virtual router's address, but no router that had this one before "
                    + "advertises it")
        }
        if finding.scope == .interface {
            sentences.append("they were counted over all VLANs of the interface")
        }
        return sentences
    }

    private static func times(_ count: Int) -> String {
        switch count {
        case 1: "once"
        case 2: "twice"
        default: "\(count) times"
        }
    }
}

extension RuleID {
    fileprivate var isAboutOwner: Bool {
        switch self {
        case .contestedByForger, .contestedGateway, .addressConflict: true
        default: false
        }
    }

    fileprivate var namesOwnAddress: Bool {
        switch self {
        case .contestedByForger, .repeatedUnsolicited, .toldAgainstOwner, .asksForItsClaim: true
        default: false
        }
    }
}
