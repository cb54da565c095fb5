// SPDX-License-Identifier: Apache-2.0

import Program
import Telemetry

/// What stands in the place of locks of uploads.
extension StatusView {
    /// What keeps every upload from beginning, or every batch; nil where nothing does, or nobody
    /// was ever asked.
    var falseLock: TelemetryError? {
        guard status.isDecided || status.pendingErasures != 0 else { return nil }
        return falseLocks.home ?? falseLocks.folder
    }

    /// What keeps erasures that are pending from being asked for; nil where nothing does.
    var erasureLock: TelemetryError? {
        guard status.pendingErasures != 0 else { return nil }
        return falseLocks.home ?? falseLocks.erasing.first
    }

    /// Each of them once, with what it means and what to do.
    var lockWarnings: [(text: String, hint: String)] {
        var warnings: [(text: String, hint: String)] = []
        func warn(_ what: String, _ error: TelemetryError) {
            warnings.append((told("\(what): \(error.description)"), error.hint))
        }
        if let falseLock {
            let isHome = falseLocks.home != nil
            warn(isHome ? "nothing leaves from here" : "no batch leaves from here", falseLock)
            if isHome { return warnings }
        }
        guard erasureLock != nil else { return warnings }
        for error in falseLocks.erasing where error.description != falseLock?.description {
            warn("an erasure is not asked for", error)
        }
        return warnings
    }
}
