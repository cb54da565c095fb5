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

    private let module: TelemetryModule
    private let clock: any WallClock
    private let mode: PropertyValue
    private let start: Int64

    init(_ module: TelemetryModule, isService: Bool, clock: any WallClock) {
        self.module = module
        self.clock = clock
        mode = isService ? "service" : "watch"
        start = clock.uptimeNanoseconds()
    }

    /// Goes on with another module, as the same run of the program.
    init(continuing earlier: WatchTelemetry, _ module: TelemetryModule) {
        self.module = module
        clock = earlier.clock
        mode = earlier.mode
        start = earlier.start
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

    /// A stretch of watching: since the last one, or the start.
    func ran(_ duration: Int64, _ counts: DetectionStatistics) {
        let alerts = counts.alerts.reduce(0) { $1.key > .info ? $0 + $1.value : $0 }
        module.trackEvent(
            "detection_run",
            [
                "mode": mode, "duration_ms": PropertyValue(Duration.nanoseconds(duration)),
                "frames": PropertyValue(counts.frames),
                "arp_frames": PropertyValue(counts.arpFrames), "alerts": PropertyValue(alerts),
            ])
    }

    func finished(_ exit: Exit) {
        let uptime = clock.uptimeNanoseconds() - start
        // The catalogue has no longer duration of a feature than a day.
        let day: Int64 = 86_400_000_000_000
        module.trackEvent(
            "feature_usage",
            [
                "feature": "watch",
                "duration_ms": PropertyValue(Duration.nanoseconds(min(uptime, day))),
            ])
        module.trackEvent(
            "app_stop",
            [
                "uptime_seconds": PropertyValue(uptime / 1_000_000_000),
                "exit": .string(exit.rawValue),
            ])
    }
}
