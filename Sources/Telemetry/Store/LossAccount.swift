// SPDX-License-Identifier: Apache-2.0

import SQLite

/// What became of every event that a store was ever given, since its data was last deleted.
package struct LossAccount: Sendable, Equatable, CustomStringConvertible {
    /// Events that were taken from journals.
    package let accepted: Int64
    /// Those that are there and in no batch that was answered.
    package let stored: Int64
    /// Those that the collector has.
    package let sent: Int64
    /// Those that were lost after they were accepted, for any reason.
    package let lost: Int64

    /// Whether every event is accounted for, none twice.
    package var isBalanced: Bool { accepted == stored + sent + lost }

    /// The account in one line.
    package var description: String {
        "\(accepted) accepted = \(stored) stored + \(sent) sent + \(lost) lost"
    }
}

extension Store {
    /// Events that were accepted and then refused by a catalogue that knows them no more. The
    /// reason `catalogue` counts refused properties and events that never were accepted, too.
    static let refusedLate = "refused_late"

    /// The reasons that tell of accepted events alone.
    private static let lateReasons: [LossReason] = [
        .storageCap, .retention, .rejected, .droppedInReview, .revoked,
    ]

    /// Rows that may still be sent, or never will, but are not answered.
    static let isUnanswered = """
        (batch IS NULL OR batch <> \(answeredBefore) AND batch NOT IN
            (SELECT id FROM batches WHERE state IN ('accepted', 'rejected')))
        """

    /// Stands for the batch of an event that was answered under an identifier which was given up:
    /// the batch is deleted, the event counts as sent still.
    static let answeredBefore = 0

    /// The account as it stands now.
    func account() throws -> LossAccount {
        try database.transaction {
            let losses = Dictionary(
                uniqueKeysWithValues: try losses().map { ($0.reason, $0.count) })
            let late = Self.lateReasons.reduce(0) { $0 + (losses[$1.rawValue] ?? 0) }
            return LossAccount(
                accepted: try total("accepted"),
                stored: try database.integer(
                    "SELECT count(*) FROM events WHERE \(Self.isUnanswered)") ?? 0,
                sent: try total("uploaded"), lost: late + (try total(Self.refusedLate)))
        }
    }
}

extension TelemetryControl {
    /// What became of every event of this home. Takes in what ended processes left.
    package func account() throws -> LossAccount? { try openStore()?.account() }
}
