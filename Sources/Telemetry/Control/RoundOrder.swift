// SPDX-License-Identifier: Apache-2.0

import Modules

/// Which of the two an upload that somebody types would send: requests for erasure, or batches.
extension TelemetryControl {
    /// Whether batches that were kept away from an erasure have their turn, before another one; not
    /// where the store can't be read, which its own round tells.
    package var isTurnOfBatches: Bool {
        guard causes(blocking: .sending).isEmpty, let store = try? openStore() else { return false }
        return (try? isTurnOfBatches(store)) ?? false
    }

    func isTurnOfBatches(_ store: Store) throws -> Bool {
        try memory(of: store).apart().map { $0 <= seams.clock.now() } ?? false
    }
}

extension UploadOutlook {
    /// Whether a batch would leave, were no erasure pending.
    var sendsBatches: Bool { batchesToday > 0 && notBefore == nil }

    /// Adds requests for erasure of this or another folder of the same home, each kind in a round
    /// of its own.
    mutating func add(_ urls: [String], areFresh: Bool) {
        let isFirst = !urls.isEmpty && areFresh && !isTurnOfBatches
        if sendsBatches, !isFirst, !areBatchesApart {
            urlsApart += urls
        } else {
            areBatchesApart = areBatchesApart || sendsBatches
            // Those that failed are asked for too, where no batch goes.
            erasureURLs += urlsApart + urls
            urlsApart = []
        }
    }
}
