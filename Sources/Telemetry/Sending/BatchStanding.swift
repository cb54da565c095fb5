// SPDX-License-Identifier: Apache-2.0

import SQLite

/// What the sending of a batch rests on, for whoever watches over it; any thread may ask.
package struct BatchStanding: Sendable {
    let gate: GateReader
    /// The epoch of the yes under which the batch was sealed, and with it of its identifier.
    let epoch: UInt32?

    /// Whether that yes and that identifier stand, no deletion has begun that ends these, and
    /// nothing else blocks sending, a configuration that was changed meanwhile included.
    package var holds: Bool {
        let (facts, state) = gate.read()
        return state.epoch == epoch && Gate.causes(blocking: .sending, facts).isEmpty
            && gate.seams.reconfiguration() != .forbidding
            && !gate.isEnding
    }

    /// Whether both rest on the same yes and identifier.
    package func isSame(as other: BatchStanding) -> Bool { epoch == other.epoch }
}

extension Outbox {
    /// What a batch that is handed out now rests on.
    package var standing: BatchStanding {
        BatchStanding(gate: gate, epoch: gate.read().state.epoch)
    }

    /// Whether a batch whose sending began is still to be sent if it was not.
    package func isStillToBeSent(_ batch: SealedBatch) throws -> Bool {
        let standing = "uid = ? AND state = 'sending' AND epoch = ?"
        let epoch = Int64(gate.read().state.epoch ?? 0)
        return try !store.batches(standing, [.text(batch.uid), .integer(epoch)]).isEmpty
    }

    /// Notes that a batch on its way was cut off, or met a failure, and goes no further: what it
    /// rested on has ended. How much of it arrived is not known.
    package func cutOff(_ batch: SealedBatch, answer: String) throws {
        try ledger.append(.answered(batch.uid, "cut_off", answer: answer))
    }
}
