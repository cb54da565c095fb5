// SPDX-License-Identifier: Apache-2.0

/// The closed lists of the shipped catalogue.
public enum Vocabulary {
    /// How the program runs.
    public static let modes = ["watch", "replay", "service"]
    /// What a person can use.
    public static let features = [
        "watch", "replay", "bindings", "dashboard", "test_alert", "arp_scan", "network_scan",
    ]
    /// Families of alerts; the program's one table maps each rule to one of them.
    public static let alertTypes = [
        "arp_spoofing", "gateway_impersonation", "ip_conflict", "address_moved", "arp_flood",
        "arp_scan", "sender_mismatch", "invalid_sender", "malformed_packet",
    ]
    /// How much an alert matters.
    public static let severities = ["critical", "high", "medium", "low", "info"]
    /// The program's own error types.
    public static let errorTypes = [
        "capture_missing", "capture_unreadable", "capture_empty", "capture_invalid",
        "capture_truncated", "capture_unsupported", "interface_unavailable", "permission_denied",
        "configuration_invalid", "output_failed",
    ]
    /// Keys of the configuration that are not telemetry's, never a map's key, never a value.
    public static let settings = [
        "detection.gateway", "detection.static_bindings", "detection.suppress", "detection.trusted",
        "watch.interfaces", "watch.passive", "watch.promiscuous", "watch.ring_mib",
        "output.severity_min", "output.eve_path", "output.log", "output.command",
        "output.command_severity_min", "output.command_per_minute_max",
        "output.command_seconds_max",
    ]
}

extension Catalogue {
    private static let countMax: Int64 = 1_000_000_000
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let tenYearsSeconds: Int64 = 315_360_000

    /// The shipped events: closed lists, bounded numbers and yes or no; no text that anyone typed.
    public static let standard = Catalogue([
        EventDefinition(
            id: 1, "app_start", purpose: "How many installations are used, and in which way",
            [
                PropertyDefinition(
                    id: 1, "os", .choice(["linux"]), purpose: "Which systems to support"),
                PropertyDefinition(
                    id: 2, "arch", .choice(["x86_64", "arm64"]),
                    purpose: "Which processors to build for"),
                PropertyDefinition(
                    id: 3, "mode", .choice(Vocabulary.modes), purpose: "Which way of running counts"
                ),
            ]),
        EventDefinition(
            id: 2, "app_stop", purpose: "Whether the program ends as it should",
            [
                PropertyDefinition(
                    id: 1, "uptime_seconds", .duration(.seconds, max: tenYearsSeconds),
                    purpose: "How long it runs"),
                PropertyDefinition(
                    id: 2, "exit", .choice(["clean", "error", "signal"]), purpose: "How it ended"),
            ]),
        featureUsage,
        EventDefinition(
            id: 4, "detection_run", purpose: "How long detections take, and on how much",
            [
                PropertyDefinition(
                    id: 1, "mode", .choice(Vocabulary.modes), purpose: "Live or from a file"),
                PropertyDefinition(
                    id: 2, "duration_ms", .duration(.milliseconds, max: dayMilliseconds),
                    purpose: "How long the run took"),
                PropertyDefinition(
                    id: 3, "frames", .count(max: countMax), purpose: "How many frames it read"),
                PropertyDefinition(
                    id: 4, "arp_frames", .count(max: countMax),
                    purpose: "How many of them were ARP"),
                PropertyDefinition(
                    id: 5, "alerts", .count(max: countMax), purpose: "How many alerts it gave"),
            ]),
        EventDefinition(
            id: 5, "alert_generated", purpose: "Which alerts matter in practice",
            [
                PropertyDefinition(
                    id: 1, "alert_type", .choice(Vocabulary.alertTypes), purpose: "Which kind"),
                PropertyDefinition(
                    id: 2, "severity", .choice(Vocabulary.severities), purpose: "How grave"),
            ]),
        EventDefinition(
            id: 6, "error", purpose: "Which errors to mend first", isError: true,
            [
                PropertyDefinition(
                    id: 1, "feature", .choice(Vocabulary.features), aliases: ["feature_name"],
                    purpose: "Where it happened"),
                PropertyDefinition(
                    id: 2, "error_type", .choice(Vocabulary.errorTypes),
                    purpose: "Which of the program's own errors; never its text"),
            ]),
        EventDefinition(
            id: 7, "config_change",
            purpose:
                "Which settings people need; recorded when a watch or a replay first runs with the "
                + "change",
            [
                PropertyDefinition(
                    id: 1, "setting", .choice(Vocabulary.settings),
                    purpose: "The setting's name; never its value")
            ]),
    ])

    private static let featureUsage = EventDefinition(
        id: 3, "feature_usage", purpose: "Which features are used, and how long they take",
        [
            PropertyDefinition(
                id: 1, "feature", .choice(Vocabulary.features), aliases: ["feature_name"],
                purpose: "Which feature"),
            PropertyDefinition(
                id: 2, "duration_ms", .duration(.milliseconds, max: dayMilliseconds),
                purpose: "How long it took"),
            PropertyDefinition(
                id: 3, "hosts_found", .count(max: 1_000_000),
                purpose: "How much a host program's scan found"),
            PropertyDefinition(
                id: 4, "scan_type", .choice(["default", "quick", "full", "passive"]),
                purpose: "Which kind of scan a host program did"),
        ])
}
