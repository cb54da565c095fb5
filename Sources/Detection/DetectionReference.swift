// SPDX-License-Identifier: Apache-2.0

/// The tables of the documentation, printed from what the detector uses.
public enum DetectionReference {
    /// The kinds of alerts, and what to do about each.
    public static var kinds: String {
        let rows = AlertKind.allCases.map { kind in
            "| `\(kind.rawValue)` | \(kind.category): \(kind.summary) ... | \(kind.advice) |"
        }
        return table(["kind", "what it says", "what to do"], rows)
    }

    /// The rules, by the name that alerts carry.
    public static var rules: String {
        table(
            ["rule", "when it speaks"],
            RuleID.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" })
    }

    /// The thresholds of a configuration.
    public static func thresholds(_ thresholds: Thresholds = Thresholds()) -> String {
        let rows = thresholds.list.map { "| `\($0.name)` | \($0.value) | \($0.rules) |" }
        return table(["threshold", "value", "rules"], rows)
    }

    /// The limits of memory.
    public static func limits(_ limits: DetectionLimits = DetectionLimits()) -> String {
        table(
            ["what is remembered", "at most"], limits.list.map { "| \($0.name) | \($0.value) |" })
    }

    private static func table(_ heads: [String], _ rows: [String]) -> String {
        let head = "| " + heads.joined(separator: " | ") + " |"
        let rule = "|" + String(repeating: "---|", count: heads.count)
        return ([head, rule] + rows).joined(separator: "\n") + "\n"
    }
}

extension RuleID {
    /// When the rule speaks, in half a sentence.
    var meaning: String {
        switch self {
        case .staticBinding: "a declared binding is contradicted"
        case .bindingChanged: "an address moved, nothing explains it, and its old owner is silent"
        case .contestedByForger: "an address is contested, and one side is a forger by the evidence"
        case .contestedGateway: "the gateway's address goes back and forth"
        case .addressConflict: "an address is contested by stations that may both be honest"
        case .inventedClaimants:
            "stations that nobody ever heard take an address in turn, and its owner is there"
        case .gatewayWithOthers: "a station claims the gateway's address and uses another one too"
        case .repeatedUnsolicited:
            "one station is told the same unasked, again, with other evidence"
        case .repeatedUnsolicitedAlone:
            "the same without other evidence, more often; or a taken address is claimed on and on"
        case .toldAgainstOwner:
            "one station is told, unasked, against a known owner or against "
                + "the claimant's own question"
        case .asksForItsClaim: "a station asks for an address that it took"
        case .betweenTwo: "a station puts itself between two others"
        case .poisonedPeer: "answers show that somebody's cache is poisoned"
        case .sourceMismatch: "a frame comes from another station than its ARP sender"
        case .speaksForMany: "one station speaks for many others"
        case .portStealing: "a frame wears another station's address to draw its traffic"
        case .restore: "a station that claimed an address speaks for its true owner"
        case .claimFlood: "one station claims very much, unasked"
        case .newcomerFlood: "very many stations with invented addresses appear"
        case .requestStorm: "one station asks very much"
        case .scan: "one station asks for many addresses"
        case .invalidSender: "a sender is a hardware address that no station can have"
        case .malformed: "a packet breaks the rules of ARP, or VLAN tags hide what a frame says"
        case .explainedMove: "an address moved, and a lease or its routers explain it"
        }
    }
}

extension Thresholds {
    /// One row of the documentation.
    struct Row: Sendable {
        var name: String
        var value: String
        var rules: String
    }

    /// Every threshold with its value; a test compares the names with the declarations.
    var list: [Row] {
        [
            time("copyWithin", copyWithin, "all"), time("questionOpen", questionOpen, "all"),
            time("rivalAnswerWithin", rivalAnswerWithin, "C4, U3"),
            time("changeWindow", changeWindow, "C2, C3, C4, C5, U2, Q1"),
            count("contestedChanges", contestedChanges, "C2, C4"),
            count("weaklyContestedChanges", weaklyContestedChanges, "C2"),
            count("standInChanges", standInChanges, "C2"),
            count("standInOwners", standInOwners, "C2"),
            count("gatewayChanges", gatewayChanges, "C3"),
            count("criticalGatewayChanges", criticalGatewayChanges, "C2"),
            count("unsolicitedEvidence", Int(unsolicitedEvidence), "C2, U1, U2"),
            time("ownAddressWindow", ownAddressWindow, "C2, U1, U2, U3"),
            time("freshOwnerWindow", freshOwnerWindow, "U2, U3"),
            time("unsolicitedWindow", unsolicitedWindow, "U1, U2, B1, T1, M2"),
            time("takenGatewayWindow", takenGatewayWindow, "U1"),
            time("unheardPause", unheardPause, "U1, U2"),
            time("insistencePause", insistencePause, "U2"),
            count("insistences", insistences, "U2"), count("askedAgain", askedAgain, "U2"),
            time("askedAgainPause", askedAgainPause, "U2"), count("retakings", retakings, "U2"),
            time("retakingPause", retakingPause, "U2"), count("strangersMax", strangersMax, "C5"),
            count("absentAsked", absentAsked, "all"),
            count("unsolicitedRepeats", unsolicitedRepeats, "U1"),
            count("unsolicitedRepeatsAlone", unsolicitedRepeatsAlone, "U2"),
            time("betweenWindow", betweenWindow, "B1, T1"),
            count("poisonedAnswers", poisonedAnswers, "T1"),
            count("spokenForMax", spokenForMax, "M2"), time("leaseExplains", leaseExplains, "I1"),
            time("advertExplains", advertExplains, "I1"), time("rateWindow", rateWindow, "F1, F3"),
            count("claimsMax", claimsMax, "F1"), count("requestsMax", requestsMax, "F3"),
            time("newcomerWindow", newcomerWindow, "F2, N1"),
            count("inventedNewcomersMax", inventedNewcomersMax, "F2"),
            count("newcomersMax", newcomersMax, "F2"), count("takersMax", takersMax, "F2"),
            count("scannedMax", scannedMax, "N1"),
            count("addressesToldMax", addressesToldMax, "all"),
            time("foldWindow", foldWindow, "all"),
        ]
    }

    private func time(_ name: String, _ value: Int64, _ rules: String) -> Row {
        let seconds = value / Nanoseconds.second
        let text =
            value % Nanoseconds.second == 0
            ? "\(seconds) s" : "\(value / Nanoseconds.millisecond) ms"
        return Row(name: name, value: text, rules: rules)
    }

    private func count(_ name: String, _ value: Int, _ rules: String) -> Row {
        Row(name: name, value: "\(value)", rules: rules)
    }
}

extension DetectionLimits {
    /// Every limit with its value.
    var list: [(name: String, value: Int)] {
        [
            ("owners of addresses, and as many of the gateway and static bindings", bindingsMax),
            ("stations", stationsMax), ("open questions", questionsMax),
            ("contested addresses", contestsMax), ("claims told to one station", repetitionsMax),
            ("entries of each small table", entriesMax), ("alerts to fold into", alertsMax),
        ]
    }
}
