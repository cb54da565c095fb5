// SPDX-License-Identifier: Apache-2.0

import Modules

/// A no of a home with several folders, in one of them.
extension TelemetryControl {
    /// Ends recording and sending as `disable` does, which is still to be called: that may have to
    /// wait, and says what failed here.
    package func switchOffAtOnce() {
        guard !isForeign else { return }
        _ = try? switchOff()
    }

    /// Takes consent back as `disable` does, where that was decided before: not before nobody else
    /// decides here, since a yes may be said meanwhile that comes after it.
    ///
    /// - Parameter isOwed: whether it still is then; else nothing is done.
    /// - Returns: whether it was done.
    package func disableOwed(where isOwed: () -> Bool) throws -> Bool {
        guard try seams.files.status(of: directory.path) != nil else { return false }
        try directory.check(seams)
        return try advising {
            try changing {
                guard isOwed() else { return false }
                let page = try switchOff()
                try tellingOff { try writeNo(page) }
                return true
            }
        }
    }
}
