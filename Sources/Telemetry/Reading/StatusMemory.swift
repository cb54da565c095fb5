// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// The last status of a home, so that a million events are counted again only when some changed.
package struct StatusMemory {
    /// What all figures follow from, read at the cost of a few rows.
    private struct Key: Equatable {
        let store: StoreState
        let batches: String
        let epoch: UInt32?
        let config: TelemetryModuleConfig
        let isBlocked: Bool
        let unsupported: [String]
        /// The day, with its bytes.
        let day: Day
        let wish: Timestamp?
        /// Nil while sending is blocked, which tells no time.
        let batchesAt: Timestamp?
        let isTurnOfBatches: Bool
    }

    private var key: Key?
    private var status: TelemetryStatus?

    /// A memory of nothing.
    package init() {}

    /// The status now: what is cheap is read, what is not is taken from the last time if it holds.
    mutating func status(of control: TelemetryControl) throws -> TelemetryStatus {
        // A store that can't be read is told by the status, whose figures are counted anew.
        let now = try? Self.key(of: control)
        let known = now != nil && now == key && status?.storeProblem == nil
        let fresh = try control.status(figures: known ? status : nil)
        key = now
        status = fresh
        return fresh
    }

    private static func key(of control: TelemetryControl) throws -> Key? {
        guard let store = try control.openStore() else { return nil }
        let batches = try store.database.rows(
            """
            SELECT state, count(*), sum(events), max(id), sum(attempts), max(next_attempt_at)
            FROM batches GROUP BY state
            """
        ) { row in ([row.text(0)] + (1...5).map { String(row.integer($0)) }).joined(separator: " ")
        }
        let isBlocked = !control.causes(blocking: .sending).isEmpty
        return Key(
            store: try StoreState(store), batches: batches.joined(separator: ", "),
            epoch: control.gate.read().state.epoch, config: control.config,
            isBlocked: isBlocked,
            unsupported: try control.ledger(of: store).unsupportedErasures(),
            day: control.seams.clock.now().day, wish: try control.memory(of: store).wish(),
            batchesAt: isBlocked ? nil : try control.agenda(of: store).batchesAt,
            isTurnOfBatches: try !isBlocked && control.isTurnOfBatches(store))
    }
}

extension TelemetryControl {
    /// The status, with the help of what the caller keeps from one call to the next.
    package func status(_ memory: inout StatusMemory) throws -> TelemetryStatus {
        try memory.status(of: self)
    }
}

extension TelemetryStatus {
    /// Takes over what was counted in the store.
    mutating func takeFigures(of earlier: TelemetryStatus) {
        recorded = earlier.recorded
        waiting = earlier.waiting
        held = earlier.held
        keptHere = earlier.keptHere
        cutOff = earlier.cutOff
        uploaded = earlier.uploaded
        lost = earlier.lost
        unsupportedErasureOrigins = earlier.unsupportedErasureOrigins
        unanswered = earlier.unanswered
        guard blockedSending.isEmpty else { return }
        nextUpload = earlier.nextUpload
        batchesNotBefore = earlier.batchesNotBefore
        isBudgetSpent = earlier.isBudgetSpent
        isTurnOfBatches = earlier.isTurnOfBatches
    }
}
