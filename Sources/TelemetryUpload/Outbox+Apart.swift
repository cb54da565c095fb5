// SPDX-License-Identifier: Apache-2.0

#if Upload
import Telemetry

extension Outbox {
    /// What keeps batches here, where something left that is not to be seen beside them.
    func keepApart() throws -> UploadSummary.Ending {
        switch try next(isAskedFor: true) {
        case .blocked(let causes): .blocked(causes)
        case .held(let events): .held(events: events)
        case .reconfigured: .reconfigured
        case .empty: .nothingWaits
        case .batch, .later, .budgetSpent: .apart(until: try dueAt())
        }
    }
}
#endif
