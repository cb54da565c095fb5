// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Telemetry

/// Events as a program in use records them, the same ones for each seed.
///
/// Of 100 events 60 are `feature_usage`, 15 `detection_run`, 15 `alert_generated`, 5 `error`,
/// 3 `config_change`, 1 `app_start` and 1 `app_stop`. Durations and counts are spread evenly over
/// their orders of magnitude.
struct EventMix {
    private var state: UInt64
    private var pending: (name: String, properties: [String: PropertyValue])?

    init(seed: UInt64) { state = seed }

    /// Records the next event; false if it is refused, and then it stays the next.
    mutating func record(into module: TelemetryModule) -> Bool {
        let event = pending ?? next()
        pending = module.trackEvent(event.name, event.properties) ? nil : event
        return pending == nil
    }

    private mutating func next() -> (name: String, properties: [String: PropertyValue]) {
        switch draw(100) {
        case 0..<60: ("feature_usage", featureUsage())
        case 60..<75: ("detection_run", detectionRun())
        case 75..<90:
            (
                "alert_generated",
                [
                    "alert_type": word(Vocabulary.alertTypes),
                    "severity": word(Vocabulary.severities),
                ]
            )
        case 90..<95:
            (
                "error",
                ["feature": word(Vocabulary.features), "error_type": word(Vocabulary.errorTypes)]
            )
        case 95..<98: ("config_change", ["setting": "detection.gateway"])
        case 98:
            ("app_start", ["os": "linux", "arch": "x86_64", "mode": word(Vocabulary.modes)])
        default: ("app_stop", ["uptime_seconds": number(6), "exit": "clean"])
        }
    }

    private mutating func featureUsage() -> [String: PropertyValue] {
        [
            "feature": word(Vocabulary.features), "duration_ms": number(5),
            "hosts_found": number(3), "scan_type": "default",
        ]
    }

    private mutating func detectionRun() -> [String: PropertyValue] {
        [
            "mode": word(Vocabulary.modes), "duration_ms": number(6), "frames": number(7),
            "arp_frames": number(5), "alerts": number(2),
        ]
    }

    private mutating func word(_ words: [String]) -> PropertyValue {
        .string(words[draw(words.count)])
    }

    /// A number of up to so many digits; each count of digits is as likely.
    private mutating func number(_ digitsMax: Int) -> PropertyValue {
        let bound = (0..<1 + draw(digitsMax)).reduce(1) { power, _ in power * 10 }
        return .integer(Int64(draw(bound)))
    }

    /// SplitMix64.
    private mutating func draw(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ (word >> 31)) % UInt64(bound))
    }
}
