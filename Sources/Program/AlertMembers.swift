// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

/// What `replay` and `watch` print with `--format json`: an object a line, the totals last.
extension [Command.Member] {
    /// The objects of a replay.
    public static let replayed: Self =
        [
            .init("timestamp", "When it happened, by the capture; the totals have their own time"),
            kind,
            .init("pcap_cnt", "The number of the frame, from 1"),
            .init("pcap_filename", "The capture, as it was named"),
        ] + alert + totals

    /// The objects of a watch.
    public static let watched: Self =
        [
            .init("timestamp", "When it was told"),
            kind,
            .init("in_iface", "The interface"),
        ] + alert + [
            .init("arpguard.further", "For how many alerts it stands, where not each is told"),
            .init("arpguard.stations", "How many stations those accuse"),
        ] + totals + [
            .init("stats.dropped", "Frames for which the kernel had no room")
        ]

    private static let kind = Command.Member(
        "event_type", "alert, notice for mere advice, or stats for the totals at the end")

    private static let alert: Self = [
        .init("vlan", "The VLANs, outermost first; not there without any"),
        .init("alert.signature", "What was seen"),
        .init("alert.category", "What kind of attack or fault that is"),
        .init("alert.severity", "Suricata's scale: 1 is the gravest, 3 the least grave"),
        .init("arp.hw_type", "ethernet"),
        .init("arp.proto_type", "ipv4"),
        .init("arp.opcode", "request or reply"),
        .init("arp.src_mac", "The sender's MAC address, as the packet says"),
        .init("arp.src_ip", "The sender's IPv4 address"),
        .init("arp.dest_mac", "The target's MAC address"),
        .init("arp.dest_ip", "The target's IPv4 address"),
        .init("arpguard.rule", "The rule, as docs/detection.md lists it"),
        .init("arpguard.severity", "critical, high, medium, low or info"),
        .init("arpguard.confidence", "How sure the rule is: high, medium or low"),
        .init("arpguard.explanation", "Why it was given, in a sentence"),
        .init("arpguard.advice", "What to do about it"),
        .init("arpguard.accused", "The MAC address that does it; not there where nobody can tell"),
        .init("arpguard.claim.ip", "The address that is claimed"),
        .init("arpguard.claim.mac", "By whom"),
        .init("arpguard.rival", "Who else has, or had, that address, where the rule tells"),
        .init("arpguard.listener", "Who is told so, unasked; in U1 and U2 alone"),
        .init(
            "arpguard.evidence.first_frame",
            "The first frame that speaks for it; of a rate (F1, F2, F3, N1) the last one"),
        .init("arpguard.evidence.last_frame", "The last one"),
        .init(
            "arpguard.evidence.count",
            "How often it was counted, as the rule counts: changes of owner, answers, stations"),
        .init("arpguard.evidence.sentences", "What they show"),
    ]

    private static let totals: Self = [
        .init("stats.frames", "Frames read"),
        .init("stats.arp_frames", "Those of ARP"),
        .init("stats.malformed", "Frames that were malformed or cut short, and not judged"),
        .init("stats.alerts.*", "Alerts by severity"),
        .init("stats.notices", "Notices"),
        .init("stats.folded", "Findings that repeat an alert, and were not told again"),
        .init("stats.suppressed", "Findings that the configuration suppresses"),
        .init("stats.bindings", "Addresses whose owner is known"),
        .init("stats.evicted", "Owners that were forgotten for want of room"),
        .init("stats.unreadable", "Captures that could not be read, or not to their end"),
        .init("stats.duration_ns", "How long it took, in nanoseconds"),
    ]

    /// The object of `test-alert`.
    public static let testAlert: Self = [
        .init("timestamp", "When it was sent"),
        .init("event_type", "alert"),
        .init("alert.signature", "That it is a test"),
        .init("alert.category", "Test"),
        .init("alert.severity", "3"),
        .init("arpguard.rule", "test"),
        .init("arpguard.severity", "low"),
        .init("arpguard.test", "true"),
        .init("arpguard.explanation", "That it is a test"),
    ]
}
