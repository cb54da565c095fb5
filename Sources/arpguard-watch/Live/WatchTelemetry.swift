// SPDX-License-Identifier: Apache-2.0

import Capture
import Catalogue
import Detection
import Modules
import Telemetry

/// Tells telemetry what a watch did: names and texts stop here, and only words and numbers go on.
struct WatchTelemetry {
    /// How the watch ended.
    enum Exit: String {
        case clean
        case error
        case signal
    }

    private var module: TelemetryModule
    private let clock: any WallClock
    private let mode: PropertyValue
    private var span: ConsentSpan

    init(_ module: TelemetryModule, isService: Bool, clock: any WallClock) {
        self.module = module
        self.clock = clock
        mode = isService ? "service" : "watch"
        span = ConsentSpan(clock)
    }

    /// Goes on with another module, as the same run of the program.
    mutating func goOn(with next: TelemetryModule) {
        if next.configuration.storagePath != module.configuration.storagePath { span.end() }
        module = next
    }

    /// Looks whether the person has decided anew: what was counted before is then never told.
    mutating func look(_ totals: @autoclosure () -> DetectionStatistics) {
        span.look(module.consentNumber, totals())
    }

    func started(settings: [String: String]) {
        module.trackEvent(
            "app_start",
            ["os": "linux", "arch": .string(ReplayTelemetry.architecture), "mode": mode])
        module.noteSettings(settings)
    }

    func alert(_ alert: Alert) {
        module.track(alert)
    }

    func error(_ code: LiveError.Code) {
        let type = code == .notPermitted ? "permission_denied" : "interface_unavailable"
        module.trackEvent("error", ["feature": "watch", "error_type": .string(type)])
    }

    func outputFailed() {
        module.trackEvent("error", ["feature": "watch", "error_type": "output_failed"])
    }

    /// A stretch of watching: since the last one, or since the consent that holds was seen.
    mutating func ran(_ totals: DetectionStatistics) {
        module.trackEvent("detection_run", run(totals))
        span.note(totals)
    }

    /// Asked for once it is settled under which consent the event goes: from then on that can only
    /// be followed by a later one, under which nothing was counted yet.
    private mutating func run(_ totals: DetectionStatistics) -> [String: PropertyValue] {
        look(totals)
        var properties = span.figures(totals).properties
        properties["mode"] = mode
        return properties
    }

    mutating func finished(_ exit: Exit, _ totals: DetectionStatistics) {
        // The catalogue has no longer duration of a feature than a day.
        let day: Int64 = 86_400_000_000_000
        module.trackEvent(
            "feature_usage",
            [
                "feature": "watch",
                "duration_ms": PropertyValue(Duration.nanoseconds(min(age(totals), day))),
            ])
        module.trackEvent(
            "app_stop",
            [
                "uptime_seconds": PropertyValue(age(totals) / 1_000_000_000),
                "exit": .string(exit.rawValue),
            ])
    }

    private mutating func age(_ totals: DetectionStatistics) -> Int64 {
        look(totals)
        return span.age
    }
}

extension ConsentSpan.Figures {
    /// The properties of `detection_run` that these are.
    var properties: [String: PropertyValue] {
        [
            "duration_ms": PropertyValue(Duration.nanoseconds(duration)),
            "frames": PropertyValue(frames), "arp_frames": PropertyValue(arpFrames),
            "alerts": PropertyValue(alerts),
        ]
    }
}
