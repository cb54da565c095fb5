// SPDX-License-Identifier: Apache-2.0

import Detection
import JSON
import Modules

/// Alerts and totals as JSON objects in the form of Suricata's EVE log.
enum AlertEVE {
    /// The alert in the capture at `path`. `pcap_filename`, `alert` and `arp` have Suricata's
    /// names, `arpguard` has what is our own.
    static func object(_ alert: Alert, in path: String) -> JSONValue {
        var object: JSONObject = [
            "timestamp": .string(Timestamp(nanoseconds: alert.time).eve),
            "event_type": alert.severity == .info ? "notice" : "alert",
            "pcap_cnt": .integer(Int64(clamping: alert.frame)),
            "pcap_filename": .string(path),
            "alert": [
                "signature": .string(alert.signature),
                "category": .string(alert.category),
                "severity": .integer(alert.severity.eve),
            ],
        ]
        let vlans = alert.segment.vlans.ids
        if !vlans.isEmpty { object["vlan"] = .array(vlans.map { .integer(Int64($0)) }) }
        if let packet = alert.packet { object["arp"] = arp(packet) }
        object["arpguard"] = own(alert)
        return .object(object)
    }

    /// The totals of a replay.
    static func object(_ summary: ReplaySummary, at time: Timestamp) -> JSONValue {
        var alerts = JSONObject()
        for severity in Severity.allCases.reversed() where severity > .info {
            alerts["\(severity)"] = count(summary.alerts[severity] ?? 0)
        }
        let detection: JSONValue = [
            "frames": count(summary.frames),
            "arp_frames": count(summary.arpFrames),
            "malformed": count(summary.malformed),
            "alerts": .object(alerts),
            "notices": count(summary.alerts[.info] ?? 0),
            "folded": count(summary.folded),
            "suppressed": count(summary.suppressed),
            "bindings": .integer(Int64(summary.bindings)),
            "evicted": count(summary.evicted),
            "unreadable": .integer(Int64(summary.errors.count)),
            "duration_ns": .integer(summary.duration),
        ]
        return [
            "timestamp": .string(time.eve),
            "event_type": "stats",
            "stats": detection,
        ]
    }

    private static func arp(_ packet: ARPPacket) -> JSONValue {
        [
            "hw_type": "ethernet",
            "proto_type": "ipv4",
            "opcode": .string(packet.isRequest ? "request" : "reply"),
            "src_mac": .string("\(packet.sender.mac)"),
            "src_ip": .string("\(packet.sender.ip)"),
            "dest_mac": .string("\(packet.target.mac)"),
            "dest_ip": .string("\(packet.target.ip)"),
        ]
    }

    private static func own(_ alert: Alert) -> JSONValue {
        let evidence = alert.evidence
        var object: JSONObject = [
            "rule": .string(alert.rule.rawValue),
            "severity": .string("\(alert.severity)"),
            "confidence": .string(alert.confidence.rawValue),
            "explanation": .string(alert.explanation),
            "advice": .string(alert.advice),
        ]
        if let accused = alert.accused { object["accused"] = .string("\(accused)") }
        if let claim = alert.claim {
            object["claim"] = ["ip": .string("\(claim.ip)"), "mac": .string("\(claim.mac)")]
        }
        if let owner = alert.otherOwner { object["rival"] = .string("\(owner)") }
        if let listener = alert.listener { object["listener"] = .string("\(listener)") }
        object["evidence"] = [
            "first_frame": .integer(Int64(clamping: evidence.firstFrame)),
            "last_frame": .integer(Int64(clamping: evidence.lastFrame)),
            "count": .integer(Int64(evidence.count)),
            "sentences": .array(evidence.sentences.map { .string($0) }),
        ]
        return .object(object)
    }

    private static func count(_ value: UInt64) -> JSONValue {
        .integer(Int64(clamping: value))
    }
}

extension Severity {
    /// Suricata's scale: 1 is the gravest of three.
    fileprivate var eve: Int64 {
        switch self {
        case .critical, .high: 1
        case .medium: 2
        case .low, .info: 3
        }
    }
}
