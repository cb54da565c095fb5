// SPDX-License-Identifier: Apache-2.0

import Program
import Telemetry

/// What stands in the place of locks.
extension StatusView {
    /// What keeps every upload from beginning, or every batch; nil where nothing does, or nobody
    /// was ever asked.
    var falseLock: TelemetryError? {
        guard status.isDecided || status.pendingErasures != 0 else { return nil }
        return falseLocks.home ?? falseLocks.folder
    }

    /// All that keeps erasures that are pending from being asked for.
    var erasureLocks: [TelemetryError] {
        guard status.pendingErasures != 0 else { return [] }
        return falseLocks.keepingErasures
    }

    /// Each of them once, with what it means and what to do.
    var lockWarnings: [(text: String, hint: String)] {
        var warnings: [(text: String, hint: String)] = []
        func warn(_ what: String, _ error: TelemetryError) {
            warnings.append((told("\(what): \(error.description)"), error.hint))
        }
        for error in falseLocks.deciding { warn("nothing can be decided or deleted", error) }
        if let falseLock {
            let isHome = falseLocks.home != nil
            warn(isHome ? "nothing leaves from here" : "no batch leaves from here", falseLock)
            if isHome { return warnings }
        }
        for error in erasureLocks where error.description != falseLock?.description {
            warn("an erasure is not asked for", error)
        }
        return warnings
    }
}
