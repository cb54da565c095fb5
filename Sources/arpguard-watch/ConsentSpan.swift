// SPDX-License-Identifier: Apache-2.0

import Detection
import Modules
import Telemetry

/// What a run may tell of: what it counted, and how long it ran, under the consent that holds now.
///
/// A yes never reaches back, so that each begins with nothing; and so does the first look after
/// nothing could be recorded for a while.
struct ConsentSpan {
    /// What was counted, and when.
    struct Figures {
        /// Nanoseconds.
        var duration: Int64
        var frames: UInt64
        var arpFrames: UInt64
        /// Alerts of every severity, notices not among them.
        var alerts: UInt64
    }

    private let clock: any WallClock
    private var consent: UInt32?
    /// When this consent was first seen, on a clock that only goes on.
    private var start: Int64
    /// Up to where things were told.
    private var toldAt: Int64
    private var told = DetectionStatistics()

    /// A span in which nothing may be told yet.
    init(_ clock: any WallClock) {
        self.clock = clock
        start = clock.uptimeNanoseconds()
        toldAt = start
    }

    /// Looks whether the consent is still the one of the last look, and begins anew if not.
    /// `totals` are those of the whole run.
    mutating func look(_ consent: UInt32?, _ totals: @autoclosure () -> DetectionStatistics) {
        guard consent != self.consent else { return }
        self.consent = consent
        start = clock.uptimeNanoseconds()
        note(totals())
    }

    /// Begins anew with the next look: events go to another place from now on.
    mutating func end() { consent = nil }

    /// How long this consent has been seen to hold, in nanoseconds.
    var age: Int64 { clock.uptimeNanoseconds() - start }

    /// What was counted since something was told, or since the consent was first seen.
    func figures(_ totals: DetectionStatistics) -> Figures {
        Figures(
            duration: clock.uptimeNanoseconds() - toldAt, frames: totals.frames - told.frames,
            arpFrames: totals.arpFrames - told.arpFrames,
            alerts: totals.alertCount - told.alertCount)
    }

    /// Notes that everything up to now was told, or is not to be.
    mutating func note(_ totals: DetectionStatistics) {
        told = totals
        toldAt = clock.uptimeNanoseconds()
    }
}

extension DetectionStatistics {
    /// Alerts of every severity, notices not among them.
    var alertCount: UInt64 {
        alerts.reduce(0) { $1.key > .info ? $0 + $1.value : $0 }
    }
}
