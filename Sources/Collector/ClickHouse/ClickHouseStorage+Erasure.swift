// SPDX-License-Identifier: Apache-2.0

internal import Hashing
public import Modules

extension ClickHouseStorage {
    /// Remembers the erasure on all replicas of a shard, from which moment no reading shows the
    /// installation, then has its rows deleted; ClickHouse does that within seconds.
    ///
    /// With a wrong secret the erasure of an installation that nobody has is remembered instead, so
    /// that it does the same work as that of an installation of which nothing is known.
    public func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome {
        let (real, noOne) = (hash(installation), hash("no one"))
        return try Self.translated { () throws(ClickHouseFailure) in
            let admission = try self.admission(secretHash, real)
            let remembered = try self.number(
                "SELECT count() FROM \(self.schema.table("tombstone")) "
                    + "WHERE \(self.remembered.tombstones)")
            if remembered >= Self.tombstonesMax, admission != .known { return .full }
            var row = RowBinaryWriter()
            row.fixed(admission == .refused ? noOne : real, Self.hashBytes)
            row.day(today)
            try self.insert(into: "tombstone", "installation, day", rows: row.bytes)
            guard admission == .known else { return admission == .refused ? .refused : .erased }
            try self.delete([real], on: today)
            return .erased
        }
    }

    private enum Admission {
        /// The secret is the one that was announced.
        case known
        /// Nothing is known of the installation, or it is erased.
        case unknown
        case refused
    }

    private func admission(
        _ secretHash: [UInt8], _ hash: [UInt8]
    ) throws(ClickHouseFailure) -> Admission {
        let list = Literal.list([hash])
        let erased = try number(
            "SELECT count() FROM \(schema.table("tombstone")) "
                + "WHERE installation IN \(list) AND \(remembered.tombstones)")
        let note = try notes(of: list)[hash]
        let isSame = constantTimeEquals(secretHash, note?.secret ?? InstallationNote.noSecret)
        guard note != nil, erased == 0 || isSame else { return .unknown }
        return isSame ? .known : .refused
    }

    /// Deletes every row of installations.
    func delete(_ installations: [[UInt8]], on today: Day) throws(ClickHouseFailure) {
        // Not as `Literal.bytes`: this text is kept with the deletion.
        let hashes = installations.map { "unhex('\(Hex.encode($0))')" }.joined(separator: ", ")
        // The notes last: a repeated erasure needs the secret.
        for table in ["batch", "installation"] {
            try delete(from: table, where: "installation IN (\(hashes))")
        }
        try moveOn(on: today)
    }

    /// Rows that `moveOn` inserts for each shard, so that hardly ever a shard gets none.
    private static let rowsPerShard = 24

    /// Inserts rows that say nothing, on all shards: ClickHouse does not touch the rows that were
    /// inserted last with a quorum until others are.
    func moveOn(on today: Day) throws(ClickHouseFailure) {
        guard let cluster = client.address.cluster, client.address.quorum > 1 else { return }
        let shards = try number(
            "SELECT toUInt64(max(shard_num)) FROM system.clusters WHERE cluster = '\(cluster)'")
        var (rows, notes) = (BatchRows(today: today), RowBinaryWriter())
        let never = Day(number: 0)
        for _ in 0..<Int(clamping: shards) * Self.rowsPerShard {
            rows.addNothing(id: random.bytes(Self.idBytes))
            let note = InstallationNote(
                secret: InstallationNote.noSecret, since: never, seen: never)
            notes.note(note, of: random.bytes(Self.hashBytes))
        }
        try insert(into: "batch", BatchRows.columns, rows: rows.bytes)
        try insert(into: "installation", InstallationNote.columns, rows: notes.bytes)
    }

    /// Has rows of a table deleted on every server: at once told, some seconds later done, by a
    /// server that is down when it is back.
    func delete(from table: String, where condition: String) throws(ClickHouseFailure) {
        try define(
            "ALTER TABLE \(schema.local(table))\(schema.onCluster) DELETE WHERE \(condition)")
    }
}
