// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Collector
import Modules
import SQLite
@testable import Telemetry

extension World {
    /// Looks at what each command may have changed: the account of the store, and once in a while
    /// all of the home.
    func auditOften(after action: Action) throws {
        let actions: Set<Action> = [
            .upload, .stopProgram, .disable, .deleteData, .rotateIdentifier,
        ]
        guard actions.contains(action), !isDamaged, violations.isEmpty else { return }
        try auditBalance()
        if draw.chance(20) { try audit() }
    }

    /// Looks at the whole home while no program runs: what is counted, chained and kept.
    func audit() throws {
        guard programs.isEmpty, !isDamaged else { return }
        let status = try control().status()
        guard status.storeProblem == nil else { return }
        for text in Ground.personal {
            for path in homeFiles where disk.file(path)?.holds(text) ?? false {
                broke(.catalogue, "\(text) is in \(path)")
            }
        }
        try auditLedger()
        try auditAccounting()
        if let bytes = status.storageBytes, bytes > config.storageBytesMax, !hasWaitingJournals {
            broke(.space, "\(bytes) of \(config.storageBytesMax) bytes")
        }
    }

    /// Whether journals of programs that ended wait until something else than the person's no is
    /// gone: what is in them is not counted.
    private var hasWaitingJournals: Bool {
        let names = (try? files.names(in: directory.journals)) ?? []
        return names.contains { $0.hasSuffix(Journal.suffix) }
    }

    private func auditLedger() throws {
        let verdict = try control().verifyLedger()
        if let problem = verdict.problems.first {
            broke(.ledger, "row \(problem.row): \(problem.what)")
        }
    }

    private func auditAccounting() throws {
        guard let account = try control().account() else { return }
        if !account.isBalanced { broke(.accounting, "\(account)") }
        if let expected = model.accepted, account.accepted != expected, !hasWaitingJournals {
            broke(.accounting, "\(expected) accepted, \(account.accepted) counted")
        }
    }

    /// What was taken from journals is accounted for, to the last event, whoever runs.
    private func auditBalance() throws {
        guard try files.status(of: directory.store) != nil else { return }
        // Whoever made the store may have died before it had any table, or left a log that only
        // one who writes can read.
        guard let database = try? disk.open(directory.store, .readOnly),
            let version = try? database.integer("PRAGMA user_version"), version > 0
        else { return }
        let imbalance = try database.integer(Self.imbalance) ?? 0
        if imbalance != 0 { broke(.accounting, "\(imbalance) events too many or too few") }
    }

    /// Events that were accepted, less those that are here, at the collector, or lost for a reason
    /// that tells of accepted events alone.
    private static let imbalance = """
        SELECT coalesce((SELECT count FROM totals WHERE name = 'accepted'), 0)
            - (SELECT count(*) FROM events LEFT JOIN batches ON events.batch = batches.id
                WHERE (state IS NULL AND coalesce(batch, -1) <> 0)
                    OR state IN ('sealed', 'held', 'released', 'sending', 'void'))
            - (SELECT coalesce(sum(count), 0) FROM totals
                WHERE name IN ('uploaded', 'refused_late'))
            - (SELECT coalesce(sum(count), 0) FROM losses WHERE reason IN
                ('storage_cap', 'retention', 'rejected', 'dropped_in_review', 'revoked'))
        """

    /// How many numbered events the collector counts, of all days.
    var countedEvents: Int? {
        let ever = Day(number: 0)...Day(number: 100_000)
        let name = "event/\(Ground.tick.definition.name)"
        return try? storage?.figures(in: ever).reduce(0) { $0 + ($1.cells[name]?.count ?? 0) }
    }

    /// What the collector counts is what it took, each event once.
    func auditCollector() throws {
        _ = try intake()
        // A damaged secret erases nothing, and nobody can tell.
        guard !isDamaged, let counted = countedEvents else { return }
        // A clock far ahead folds days into totals, and nothing in those can be erased.
        let taken = observer.taken.values.filter {
            hasJumped || !observer.erased.contains($0.installation)
        }
        let expected = taken.reduce(into: [:]) { $0[$1.installation, default: 0] += $1.count }
        let all = expected.values.reduce(0, +)
        // More than its share of a day is not counted for anybody.
        let least = expected.values.reduce(0) { $0 + min($1, DayFigures.contributionsMax) }
        if counted > all { broke(.once, "\(all) events taken, \(counted) counted") }
        if counted < least, !hasJumped {
            broke(.accounting, "\(all) events taken, \(counted) counted by the collector")
        }
    }
}
