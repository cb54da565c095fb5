// SPDX-License-Identifier: Apache-2.0

internal import Modules

extension ClickHouseStorage {
    /// Days after which a known installation is noted as seen again.
    private static let seenDays: Int32 = 7

    /// Keeps the group by one insert, in which each batch is one row.
    ///
    /// What is known beforehand is looked up first and left as it is. Where two collectors take the
    /// same batch at a time both write its row, and one row is read.
    public func commit(_ group: CommitGroup) throws(StorageError) -> [BatchOutcome] {
        try Self.translated { () throws(ClickHouseFailure) in
            let hashes = group.batches.map { self.hash($0.installation) }
            var known = try self.known(of: group.batches, hashes, on: group.today)
            var (rows, installations) = (BatchRows(today: group.today), RowBinaryWriter())
            var (outcomes, tally) = ([BatchOutcome](), group.tally)
            for (batch, hash) in zip(group.batches, hashes) {
                let outcome = known.outcome(of: batch, hash)
                outcomes.append(outcome)
                switch outcome {
                case .stored:
                    let open = batch.openAfter(known.lastFolded)
                    let isFirst = known.isFirst(of: batch, hash, on: group.today)
                    rows.add(open, hash, isFirst: isFirst)
                    if let note = known.note(of: batch, hash, on: group.today) {
                        installations.note(note, of: hash)
                    }
                case .erased: rows.addErased(batch)
                case .closed: tally.add(.day, batch.recordCount)
                case .resent, .notAdmitted: break
                }
            }
            rows.addTally(tally, id: group.id)
            try self.insert(
                into: "installation", InstallationNote.columns, rows: installations.bytes)
            try self.insert(into: "batch", BatchRows.columns, rows: rows.bytes)
            return outcomes
        }
    }

    /// Asks what is known of batches and their installations.
    private func known(
        of batches: [AdmittedBatch], _ hashes: [[UInt8]], on today: Day
    ) throws(ClickHouseFailure) -> KnownBatches {
        var known = KnownBatches(seenDays: Self.seenDays)
        guard let first = batches.map(\.day).min() else { return known }
        known.lastFolded = try days(
            "SELECT day FROM \(schema.table("day_total")) WHERE service = '' "
                + "ORDER BY day DESC LIMIT 1"
        ).first
        let list = Literal.list(Set(hashes))
        var erased = try select(
            "SELECT installation FROM \(schema.table("tombstone")) "
                + "WHERE installation IN \(list) AND \(remembered.tombstones)")
        while !erased.isAtEnd { known.erased.insert(try erased.fixed(Self.hashBytes)) }
        for (hash, note) in try notes(of: list) { known.notes[hash] = note }
        var keys = try select(
            """
            SELECT installation, service, day, id FROM \(schema.table("batch"))
            WHERE until >= \(Literal.day(first)) AND installation IN \(list)
                AND service != '' AND id IN \(Literal.list(Set(batches.map(\.id.paddedID))))
            """, onlyCertain: true)
        while !keys.isAtEnd {
            let hash = try keys.fixed(Self.hashBytes)
            let service = try keys.text()
            let day = try keys.day()
            known.keys.insert(
                BatchKey(
                    installation: hash, service: service, day: day,
                    id: try keys.fixed(Self.idBytes)))
        }
        // What is left out is counted by installations; it hardly ever is.
        let lastFolded = known.lastFolded
        if batches.contains(where: { !$0.openAfter(lastFolded).tally.counts.isEmpty }) {
            var seen = try select(
                """
                SELECT DISTINCT installation FROM \(schema.table("batch"))
                WHERE until >= \(Literal.day(today)) AND day = \(Literal.day(today))
                    AND installation IN \(list) AND service != ''
                """, onlyCertain: true)
            while !seen.isAtEnd { known.seenToday.insert(try seen.fixed(Self.hashBytes)) }
        }
        return known
    }

    /// What is noted of installations: the secret that was known first, if any, and when.
    func notes(
        of list: String
    ) throws(ClickHouseFailure) -> [[UInt8]: InstallationNote] {
        var reader = try select(
            """
            SELECT installation, secret, min(since), max(seen) FROM \(schema.table("installation"))
            WHERE installation IN \(list) AND \(remembered.installations)
            GROUP BY installation, secret
            """, onlyCertain: true)
        var notes: [[UInt8]: InstallationNote] = [:]
        while !reader.isAtEnd {
            let hash = try reader.fixed(Self.hashBytes)
            let secret = try reader.fixed(InstallationNote.secretBytes)
            let since = try reader.day()
            let note = InstallationNote(secret: secret, since: since, seen: try reader.day())
            notes[hash] = notes[hash].map { $0.merged(with: note) } ?? note
        }
        return notes
    }

    /// Asks whether each shard takes writes: on enough replicas, and with ZooKeeper.
    public func checkReady() throws(StorageError) {
        try Self.translated { () throws(ClickHouseFailure) in
            _ = try self.number("SELECT count() FROM \(self.schema.table("tombstone"))")
            guard let cluster = self.client.address.cluster else { return }
            let bad = try self.number(
                """
                SELECT count() FROM cluster('\(cluster)', system, replicas)
                WHERE database = '\(self.client.address.database)'
                    AND (is_readonly OR active_replicas < \(self.client.address.quorum))
                    AND table != 'store'
                """)
            if bad > 0 {
                throw .transport("a shard has too few replicas, or no ZooKeeper, to take writes")
            }
        }
    }
}
