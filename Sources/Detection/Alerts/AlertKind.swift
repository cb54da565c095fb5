// SPDX-License-Identifier: Apache-2.0

/// The matters that alerts are about, for people and for counting.
public enum AlertKind: String, CaseIterable, Sendable {
    /// Somebody forges ARP to lead traffic astray.
    case arpSpoofing = "arp_spoofing"
    /// The same, with the router's address.
    case gatewayImpersonation = "gateway_impersonation"
    /// Two stations use one address.
    case ipConflict = "ip_conflict"
    /// An address moved.
    case addressMoved = "address_moved"
    /// Somebody sends far more than honest stations do.
    case arpFlood = "arp_flood"
    /// Somebody looks for stations.
    case arpScan = "arp_scan"
    /// A frame and its packet name different senders.
    case senderMismatch = "sender_mismatch"
    /// A sender that no station can have.
    case invalidSender = "invalid_sender"
    /// A packet that breaks the rules of ARP.
    case malformedPacket = "malformed_packet"

    var category: String {
        switch self {
        case .arpSpoofing: "ARP spoofing"
        case .gatewayImpersonation: "Gateway impersonation"
        case .ipConflict: "Address conflict"
        case .addressMoved: "Address moved"
        case .arpFlood: "ARP flood"
        case .arpScan: "ARP scan"
        case .senderMismatch: "Sender mismatch"
        case .invalidSender: "Invalid sender"
        case .malformedPacket: "Malformed ARP"
        }
    }

    var summary: String {
        switch self {
        case .arpSpoofing: "forged claim to"
        case .gatewayImpersonation: "forged claim to the gateway"
        case .ipConflict: "two stations use"
        case .addressMoved: "another station has"
        case .arpFlood: "far more than honest stations send"
        case .arpScan: "many addresses asked for"
        case .senderMismatch: "one station speaks for another on"
        case .invalidSender: "no station can be the owner of"
        case .malformedPacket: "a packet breaks the rules"
        }
    }

    var advice: String {
        switch self {
        case .arpSpoofing, .gatewayImpersonation:
            "Find the accused station's switch port, take it off the network, and clear the "
                + "ARP caches of those it lied to."
        case .ipConflict:
            "Find both stations: one may be an attacker, or a repeater or standby of the other. "
                + "If both are yours and neither is, give one another address."
        case .addressMoved:
            "Check that the station was replaced or its address given to another one; declare "
                + "the binding if it must never change."
        case .arpFlood: "Find the station's switch port and see what runs on it."
        case .arpScan: "Check that the station belongs to an inventory or monitoring tool."
        case .senderMismatch:
            "Check that the station is a load balancer, a bridge or a virtual machine's host."
        case .invalidSender:
            "Find the frame's source; only clusters that share a group address do so honestly."
        case .malformedPacket: "Nothing, unless it goes on: then find the station that sends it."
        }
    }
}

extension Alert {
    /// The matter that the alert is about.
    public var kind: AlertKind {
        switch rule {
        case .staticBinding, .contestedByForger, .contestedGateway, .inventedClaimants,
            .repeatedUnsolicited, .repeatedUnsolicitedAlone, .toldAgainstOwner, .asksForItsClaim,
            .betweenTwo, .restore:
            isGateway ? .gatewayImpersonation : .arpSpoofing
        case .gatewayWithOthers: .gatewayImpersonation
        case .poisonedPeer, .portStealing, .speaksForMany: .arpSpoofing
        case .bindingChanged, .explainedMove: .addressMoved
        case .addressConflict: .ipConflict
        case .claimFlood, .newcomerFlood, .requestStorm: .arpFlood
        case .scan: .arpScan
        case .sourceMismatch: .senderMismatch
        case .invalidSender: .invalidSender
        case .malformed: .malformedPacket
        }
    }
}
