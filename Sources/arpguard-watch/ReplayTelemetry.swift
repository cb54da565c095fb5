// SPDX-License-Identifier: Apache-2.0

import Capture
import Catalogue
import Detection
import Modules
import Telemetry

/// Tells telemetry what a replay did: names and texts stop here, and only words and numbers go on.
struct ReplayTelemetry {
    private let module: TelemetryModule
    private let clock: any WallClock
    private let start: Int64

    init(_ module: TelemetryModule, clock: any WallClock) {
        self.module = module
        self.clock = clock
        start = clock.uptimeNanoseconds()
    }

    func started(settings: [String: String]) {
        module.trackEvent(
            "app_start", ["os": "linux", "arch": .string(Self.architecture), "mode": "replay"])
        module.noteSettings(settings)
    }

    func alert(_ alert: Alert) {
        module.track(alert)
    }

    func error(_ error: CaptureError) {
        module.trackEvent(
            "error", ["feature": "replay", "error_type": .string(Self.errorType(error.code))])
    }

    func finished(_ summary: ReplaySummary) {
        let duration = PropertyValue(Duration.nanoseconds(summary.duration))
        module.trackEvent(
            "detection_run",
            [
                "mode": "replay", "duration_ms": duration,
                "frames": PropertyValue(summary.frames),
                "arp_frames": PropertyValue(summary.arpFrames),
                "alerts": PropertyValue(summary.alertCount),
            ])
        module.trackEvent("feature_usage", ["feature": "replay", "duration_ms": duration])
        let uptime = (clock.uptimeNanoseconds() - start) / 1_000_000_000
        module.trackEvent(
            "app_stop",
            [
                "uptime_seconds": PropertyValue(uptime),
                "exit": summary.errors.isEmpty ? "clean" : "error",
            ])
    }

    static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "arm64"
        #else
        "other"
        #endif
    }

    /// The catalogue's word for an error; its text, which names a file, is never recorded.
    private static func errorType(_ code: CaptureError.Code) -> String {
        switch code {
        case .notFound: "capture_missing"
        case .permissionDenied: "permission_denied"
        case .isDirectory, .notACapture, .damagedFrame: "capture_invalid"
        case .emptyFile: "capture_empty"
        case .truncatedHeader, .truncatedFrame, .shrunk: "capture_truncated"
        case .unsupportedLinkType, .compressed: "capture_unsupported"
        case .readFailed: "capture_unreadable"
        }
    }
}
