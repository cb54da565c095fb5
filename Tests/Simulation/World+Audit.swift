// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Collector
import Modules
import SQLite
import Telemetry

extension World {
    /// Looks at the whole home while no program runs: what is counted, chained and kept.
    func audit() throws {
        // Where a file forbids telemetry, journals wait until it does not.
        guard programs.isEmpty, !isDamaged, config.enabled != false else { return }
        let status = try control().status()
        guard status.storeProblem == nil else { return }
        try auditLedger()
        try auditAccounting()
        if status.storageBytes > config.storageBytesMax {
            broke(.space, "\(status.storageBytes) of \(config.storageBytesMax) bytes")
        }
    }

    private func auditLedger() throws {
        let verdict = try control().verifyLedger()
        if let problem = verdict.problems.first {
            broke(.ledger, "row \(problem.row): \(problem.what)")
        }
    }

    private func auditAccounting() throws {
        guard try files.status(of: directory.store) != nil else { return }
        let database = try disk.open(directory.store, .readOnly)
        let accepted =
            try database.integer("SELECT count FROM totals WHERE name = 'accepted'") ?? 0
        if let expected = model.accepted, accepted != expected {
            broke(.accounting, "\(expected) accepted, \(accepted) counted")
        }
        let accounted = try database.integer(Self.accounted) ?? 0
        let unclear =
            try database.integer("SELECT count FROM losses WHERE reason = 'catalogue'") ?? 0
        let torn =
            try database.integer("SELECT count FROM losses WHERE reason = 'damaged'") ?? 0
        // Under `catalogue` single properties are counted too; under `damaged` also records that
        // were torn before they were counted as accepted.
        guard (-torn...unclear).contains(accepted - accounted) else {
            return broke(.accounting, "\(accepted) accepted, \(accounted) accounted for")
        }
    }

    /// Events that are here, at the collector, or lost for a reason.
    private static let accounted = """
        SELECT (SELECT count(*) FROM events LEFT JOIN batches ON events.batch = batches.id
                WHERE (state IS NULL AND coalesce(batch, -1) <> 0)
                    OR state IN ('sealed', 'held', 'released', 'sending', 'void'))
            + (SELECT coalesce(sum(count), 0) FROM totals WHERE name = 'uploaded')
            + (SELECT coalesce(sum(count), 0) FROM losses
               WHERE reason NOT IN ('catalogue', 'queue_full'))
        """

    /// What the collector counts is what it took, each event once.
    func auditCollector() throws {
        _ = try intake()
        // A damaged secret erases nothing, and nobody can tell.
        guard let storage, !isDamaged else { return }
        let ever = Day(number: 0)...Day(number: 100_000)
        let name = "event/\(Ground.tick.definition.name)"
        let counted = try storage.figures(in: ever).reduce(0) {
            $0 + ($1.cells[name]?.count ?? 0)
        }
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
