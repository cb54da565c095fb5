// SPDX-License-Identifier: Apache-2.0

import Capture
import Catalogue
import Detection
import Modules
import Telemetry

/// Tells telemetry what a replay did: names and texts stop here, and only words and numbers go on.
struct ReplayTelemetry {
    private let module: TelemetryModule
    private var span: ConsentSpan

    init(_ module: TelemetryModule, clock: any WallClock) {
        self.module = module
        span = ConsentSpan(clock)
        span.look(module.consentNumber, DetectionStatistics())
    }

    /// Looks whether the person has decided anew: what was counted before is then never told.
    mutating func look(_ totals: () -> DetectionStatistics) {
        span.look(module.consentNumber, totals())
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

    mutating func finished(_ summary: ReplaySummary) {
        let totals = summary.statistics
        // Where no frame could be read nothing ran.
        if !summary.hasReadNothing { module.trackEvent("detection_run", run(totals)) }
        module.trackEvent(
            "feature_usage",
            [
                "feature": "replay",
                "duration_ms": PropertyValue(Duration.nanoseconds(age(totals))),
            ])
        module.trackEvent(
            "app_stop",
            [
                "uptime_seconds": PropertyValue(age(totals) / 1_000_000_000),
                "exit": .string(summary.exit),
            ])
    }

    /// Asked for once it is settled under which consent the event goes: from then on that can only
    /// be followed by a later one, under which nothing was counted yet.
    private mutating func run(_ totals: DetectionStatistics) -> [String: PropertyValue] {
        look { totals }
        var properties = span.figures(totals).properties
        properties["mode"] = "replay"
        return properties
    }

    private mutating func age(_ totals: DetectionStatistics) -> Int64 {
        look { totals }
        return span.age
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

extension ReplaySummary {
    /// The catalogue's word for how it ended.
    fileprivate var exit: String {
        if stoppedIn != nil { return "signal" }
        return errors.isEmpty ? "clean" : "error"
    }
}
