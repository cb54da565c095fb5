// SPDX-License-Identifier: Apache-2.0

import Modules

/// Which of the two an upload that somebody types would send: requests for erasure, or batches.
extension TelemetryControl {
    /// Whether it asks for erasures that wait, and sends no batch.
    func areErasuresFirst(_ store: Store) throws -> Bool {
        let now = seams.clock.now()
        // The turn of batches that were kept away.
        if let time = try memory(of: store).apart(), time <= now { return false }
        guard !isForeign, causes(blocking: .erasing).isEmpty, let all = try? erasureList.all()
        else { return false }
        return !all.asked(at: now, isAskedFor: true, isAlone: false).isEmpty
    }

    /// Tells what waits for the other kind: no round sends both.
    func keepApart(_ outlook: inout UploadOutlook, _ store: Store) throws {
        guard outlook.sendsBatches, !outlook.erasureURLs.isEmpty else { return }
        if try areErasuresFirst(store) {
            outlook.areBatchesApart = true
            outlook.erasureURLs = try erasureList.all().asked(
                at: seams.clock.now(), isAskedFor: true, isAlone: false
            ).map(\.url)
        } else {
            outlook.erasuresApart += Int64(outlook.erasureURLs.count)
            outlook.erasureURLs = []
        }
    }
}

extension UploadOutlook {
    /// Whether a batch would leave, were no erasure pending.
    var sendsBatches: Bool { batchesToday > 0 && notBefore == nil }
}
