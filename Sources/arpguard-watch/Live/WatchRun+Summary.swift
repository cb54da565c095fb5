// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Detection
import JSON
import Modules
import Program
import Telemetry

extension WatchRun {
    private var summary: ReplaySummary {
        var summary = ReplaySummary()
        summary.add(totals)
        summary.duration = uptime() - startedAt
        return summary
    }

    private var dropped: UInt64 { interfaces.reduce(0) { $0 + $1.counts.dropped } }

    /// The totals in one line.
    var summaryLine: String {
        let summary = summary
        let evicted = Int64(clamping: summary.evicted)
        return AlertText.line(summary)
            + (dropped == 0 ? "" : "; the kernel dropped \(dropped) frames")
            + (evicted == 0 ? "" : "; \(evicted.of("owner")) forgotten for want of room")
    }

    /// The totals in the form of a replay's, and what the kernel dropped.
    var summaryObject: JSONValue {
        var object = AlertEVE.object(summary, at: setup.seams.clock.now()).objectValue ?? [:]
        var stats = object["stats"]?.objectValue ?? [:]
        stats["dropped"] = .integer(Int64(clamping: dropped))
        object["stats"] = .object(stats)
        return .object(object)
    }
}
