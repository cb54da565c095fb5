// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry

extension TelemetrySetup {
    /// Whether all folders of this home are there, so that each can be told of what goes.
    public var arePlacesThere: Bool { (try? awayPlaces())?.isEmpty ?? false }

    /// Has requests for erasure of each folder wait for batches that went from another one and of
    /// which it could not be told then. A folder that still can't be is told as soon as it can.
    public func tellOfBatches() {
        let places = allPlaces
        let (ends, unread) = Self.each(of: places) { path, control in
            try control.untoldUntil().map { (path: path, time: $0) }
        }
        let untold = ends.compactMap(\.self)
        guard !untold.isEmpty else { return }
        let failure = Self.each(of: places) { path, control in
            let time = untold.filter { $0.path != path }.map(\.time).max()
            if let time { try control.keepErasuresAway(until: time) }
        }.failure
        guard failure == nil, unread == nil, arePlacesThere else { return }
        for (path, time) in untold {
            // One that can't be forgotten is told again.
            try? at(path).control().forgetUntold(until: time)
        }
    }
}
