// SPDX-License-Identifier: Apache-2.0

import SQLite

/// The events of held batches that were given up, sealed anew as held ones: a person has not
/// released them, whatever is configured since.
extension Sealer {
    /// One step for each of them: nobody who records waits for all.
    func sealAnew(_ store: Store) throws {
        let emptied = "\(Store.isEmptied) AND epoch = ?"
        let epoch = SQLiteValue.integer(Int64(gate.read().state.epoch ?? 0))
        guard
            try store.database.integer("SELECT 1 FROM batches WHERE \(emptied) LIMIT 1", [epoch])
                != nil
        else { return }
        // One pass over the events for all: there is no index by which to find those of a batch.
        let places = try store.database.rows(
            """
            SELECT batch, min(id), max(id) FROM events
            WHERE batch IN (SELECT id FROM batches WHERE \(emptied)) GROUP BY batch
            """, [epoch]
        ) { (batch: $0.integer(0), rows: $0.integer(1)...$0.integer(2)) }
        for place in places {
            try store.database.transaction {
                // Another process may have been faster.
                let isThere = try store.database.integer(
                    "SELECT 1 FROM batches WHERE id = ?2 AND \(Store.isEmptied) AND epoch = ?1",
                    [epoch, .integer(place.batch)])
                guard isThere != nil, let ground = try ground(store) else { return }
                try sealAnew(place.batch, place.rows, ground, store)
            }
        }
    }

    private func sealAnew(
        _ batch: Int64, _ span: ClosedRange<Int64>, _ ground: Ground, _ store: Store
    ) throws {
        let rows = try store.rows(ofBatch: batch, in: span)
        for row in rows where !ground.plans.covers(row.name) {
            try store.database.run(
                "UPDATE events SET batch = NULL, epoch = 0 WHERE id = ?", [.integer(row.row)])
        }
        let renewed = try seal(
            rows.filter { ground.plans.covers($0.name) }, as: .held, ground, store)
        if let renewed {
            try store.database.run(
                "UPDATE events SET batch = ? WHERE batch = ? AND id BETWEEN ? AND ?",
                [
                    .integer(renewed.row), .integer(batch), .integer(span.lowerBound),
                    .integer(span.upperBound),
                ])
        }
        try store.database.run("DELETE FROM batches WHERE id = ?", [.integer(batch)])
    }
}
