// SPDX-License-Identifier: Apache-2.0

/// How bad it is.
public enum Severity: Int, CaseIterable, Comparable, Sendable, CustomStringConvertible {
    /// A notice: nothing needs doing.
    case info
    /// Worth knowing; honest causes are likelier.
    case low
    /// Needs a look; an honest fault or an attack.
    case medium
    /// An attack, as far as the network alone can tell.
    case high
    /// An attack on what was declared to be certain, or on the router, without doubt.
    case critical

    /// The lower one is less bad.
    public static func < (left: Severity, right: Severity) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The word for it.
    public var description: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }
}

/// How sure the detector is.
public enum Confidence: String, CaseIterable, Sendable {
    /// One of several explanations.
    case low
    /// The likeliest explanation.
    case medium
    /// Hard to explain otherwise.
    case high
}

/// The rules, by the name that alerts carry.
public enum RuleID: String, CaseIterable, Sendable {
    /// A declared binding is contradicted.
    case staticBinding = "S1"
    /// An address moved, and its old owner is silent.
    case bindingChanged = "C1"
    /// An address is contested, and one side is a forger by the evidence.
    case contestedByForger = "C2"
    /// The gateway's address is contested.
    case contestedGateway = "C3"
    /// An address is contested by stations that may both be honest.
    case addressConflict = "C4"
    /// Invented stations claim an address.
    case inventedClaimants = "C5"
    /// A station claims the gateway's address, unasked, and uses another one too.
    case gatewayWithOthers = "G1"
    /// One station is told the same again and again, with further evidence.
    case repeatedUnsolicited = "U1"
    /// The same without further evidence.
    case repeatedUnsolicitedAlone = "U2"
    /// One station is told, unasked, against what is known.
    case toldAgainstOwner = "U3"
    /// A station asks for the address that it claims.
    case asksForItsClaim = "Q1"
    /// A station puts itself between two others.
    case betweenTwo = "B1"
    /// Answers show that somebody's cache is poisoned.
    case poisonedPeer = "T1"
    /// A frame comes from another station than its sender.
    case sourceMismatch = "M1"
    /// One station speaks for many.
    case speaksForMany = "M2"
    /// A frame wears another station's address to draw its traffic.
    case portStealing = "M3"
    /// A poisoner puts the true owner back.
    case restore = "R1"
    /// One station claims very much, unasked.
    case claimFlood = "F1"
    /// Very many new stations.
    case newcomerFlood = "F2"
    /// One station asks very much.
    case requestStorm = "F3"
    /// One station asks for many addresses.
    case scan = "N1"
    /// A sender that no station can have.
    case invalidSender = "D1"
    /// A packet that breaks the rules of ARP.
    case malformed = "P1"
    /// A move that something explains.
    case explainedMove = "I1"
}
