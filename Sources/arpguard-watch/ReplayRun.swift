// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Modules

/// What reading capture files came to.
struct ReplaySummary {
    var frames: UInt64 = 0
    var arpFrames: UInt64 = 0
    var malformed: UInt64 = 0
    /// Findings that were folded into an alert before them.
    var folded: UInt64 = 0
    /// Findings that the configuration suppresses.
    var suppressed: UInt64 = 0
    var bindings = 0
    /// Owners of addresses that were forgotten for want of room.
    var evicted: UInt64 = 0
    var alerts: [Severity: UInt64] = [:]
    /// How long it took, in nanoseconds.
    var duration: Int64 = 0
    /// The files that could not be read, or not to their end.
    var errors: [CaptureError] = []
    /// In which capture it was stopped; nil if it was not.
    var stoppedIn: String?
    /// Whether what was still to be read would have ended by itself.
    var isIncomplete = false
    /// Whether a stream in which it was stopped had not come to its end.
    var isCut = false

    /// Whether anything was found that calls for a look.
    var hasFindings: Bool {
        alerts.contains { $0.key >= .medium && $0.value > 0 }
    }

    /// Whether an error or who stopped it left not one frame: then no alerts mean nothing.
    var hasReadNothing: Bool { frames == 0 && (!errors.isEmpty || stoppedIn != nil) }

    /// The counts as detection has them, without bindings.
    var statistics: DetectionStatistics {
        var statistics = DetectionStatistics()
        statistics.frames = frames
        statistics.arpFrames = arpFrames
        statistics.alerts = alerts
        return statistics
    }

    /// The counts with those of a detector that is at work.
    fileprivate func statistics(and others: DetectionStatistics) -> DetectionStatistics {
        var statistics = statistics
        statistics.add(others)
        return statistics
    }

    mutating func add(_ statistics: DetectionStatistics) {
        frames += statistics.frames
        arpFrames += statistics.arpFrames
        malformed += statistics.malformed
        folded += statistics.folded
        suppressed += statistics.suppressed
        bindings += statistics.bindings
        evicted += statistics.evicted
        alerts.merge(statistics.alerts) { $0 + $1 }
    }
}

/// Reads capture files one after the other; none knows of what was in another.
struct ReplayRun {
    let captures: [ReplayCapture]
    let configuration: DetectorConfiguration
    let clock: any WallClock
    /// Who may stop it; nil for nobody.
    var watch: InputWatch?

    /// After how many frames it is said again how far the work is; a power of two.
    private static let framesBetweenProgress: UInt64 = 1 << 16

    /// Reads everything that can be read. Each alert, with the name of its capture, and each error
    /// is handed over when it comes, and so is the name of a capture of several interfaces and how
    /// many they are; before each frame the totals so far can be asked for, and what waits to be
    /// written can be before a capture is opened, which may take. Ends early where the watch stops
    /// the reading.
    func run(
        onFrame: (() -> DetectionStatistics) -> Void = { _ in },
        onAlert: (Alert, String) -> Void, onProgress: (UInt64) -> Void = { _ in },
        onInterfaces: (String, Int) -> Void = { _, _ in }, onOpening: () -> Void = {},
        onError: (CaptureError) -> Void = { _ in }
    ) -> ReplaySummary {
        let start = clock.uptimeNanoseconds()
        var summary = ReplaySummary()
        for (index, capture) in captures.enumerated() {
            var detector = Detector(configuration)
            let before = summary.frames
            var isBroken = false
            onOpening()
            do throws(CaptureError) {
                var file = try capture.open(watch)
                let format = file.linkType.frameFormat
                if file.interfaceCount > 1 { onInterfaces(capture.name, file.interfaceCount) }
                try file.forEachFrame { header, bytes in
                    if header.number & (Self.framesBetweenProgress - 1) == 0 {
                        onProgress(before + header.number)
                    }
                    onFrame { summary.statistics(and: detector.statistics) }
                    detector.process(
                        bytes, format: format, time: header.time, number: header.number,
                        report: { onAlert($0, capture.name) })
                }
            } catch {
                // Where reading was stopped there is no end that could be wrong.
                isBroken = true
                if watch?.isStopped != true {
                    summary.errors.append(error)
                    onError(error)
                }
            }
            summary.add(detector.statistics)
            if let watch, watch.isStopped {
                summary.stoppedIn = capture.name
                summary.isIncomplete = !watch.isStream || index < captures.count - 1
                summary.isCut = watch.isCut || isBroken
                break
            }
        }
        summary.duration = clock.uptimeNanoseconds() - start
        return summary
    }
}

extension LinkType {
    /// How detection reads frames of this type; capture lets no other types through.
    var frameFormat: FrameFormat {
        switch self {
        case .linuxCooked: .linuxCooked
        case .linuxCooked2: .linuxCooked2
        case .wireless: .wireless
        case .radiotap: .radiotap
        default: .ethernet
        }
    }
}
