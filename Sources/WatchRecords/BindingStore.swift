// SPDX-License-Identifier: Apache-2.0

public import Modules
import SQLite

/// The bindings that outlive a watch, in one SQLite file of its home.
///
/// Making one touches no disk. A store that can't be read or written is never a reason to stop.
public struct BindingStore: Sendable {
    /// The most bindings that are kept; those that were heard longest ago go first.
    public static let bindingsMax: Int64 = 65_536

    /// What became of a store.
    public enum Fault: Error, Equatable, CustomStringConvertible, Sendable {
        /// The file is no database of ours any more; it was set aside under this name.
        case damaged(setAside: String)
        /// A newer program wrote it; it is left as it is.
        case newer
        /// It can't be read or written now.
        case unusable(String)

        /// The fault in one line without a full stop.
        public var description: String {
            switch self {
            case .damaged(let path):
                "the known bindings were damaged, and begin anew; the old file is \(path)"
            case .newer: "the known bindings were written by a newer version, and stay as they are"
            case .unusable(let reason): "the known bindings can't be kept: \(reason)"
            }
        }
    }

    /// The file's path.
    public let path: String
    private let files: any FileSystem
    let clock: any WallClock

    /// The store of a home.
    public init(home: String, files: any FileSystem, clock: any WallClock = SystemClock()) {
        path = home + "/bindings.sqlite"
        self.files = files
        self.clock = clock
    }

    private static let migrations = [
        Migration(
            version: 1,
            sql: """
                CREATE TABLE binding (
                    interface TEXT NOT NULL, vlans TEXT NOT NULL, address TEXT NOT NULL,
                    hardware TEXT NOT NULL, first_seen INTEGER NOT NULL,
                    last_seen INTEGER NOT NULL, PRIMARY KEY (interface, vlans, address)
                ) WITHOUT ROWID;
                CREATE INDEX binding_last_seen ON binding (last_seen);
                """),
        Migration(
            version: 2,
            sql: """
                CREATE TABLE forgotten (
                    address TEXT NOT NULL PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
                """),
    ]

    /// Whether anything was written down.
    public var isThere: Bool { (try? files.status(of: path)) != nil }

    /// The bindings, the last heard first; empty where there is no file. Changes nothing.
    public func read() throws(Fault) -> [StoredBinding] {
        try guarded {
            guard try files.status(of: path) != nil else { return [] }
            let connection = try Connection(path: path, mode: .readOnly)
            let version = try connection.integer("PRAGMA user_version") ?? 0
            // A disk that was full from the start leaves a file without a table.
            if version == 0 { return [] }
            guard version <= Self.migrations.count else { throw Fault.newer }
            return try rows(of: connection)
        }
    }

    /// The bindings at the start of a watch: a damaged file is set aside, and told as a fault.
    public func load() throws(Fault) -> [StoredBinding] {
        do throws(Fault) {
            return try read()
        } catch {
            guard case .damaged = error else { throw error }
            throw setAside()
        }
    }

    /// Writes bindings down, in one transaction: a changed station replaces the one before, and
    /// what is known of others stays. Returns which addresses were to be forgotten, and when that
    /// was said (nanoseconds since 1970); see ``forget(_:)``.
    @discardableResult
    public func save(_ bindings: [StoredBinding]) throws(Fault) -> [String: Int64] {
        do throws(Fault) {
            return try write(bindings)
        } catch {
            guard case .damaged = error else { throw error }
            throw setAside()
        }
    }

    /// The file, for whoever writes.
    func opened() throws -> Connection {
        // Whom the network has is for the home's owner alone: SQLite would let others read.
        if try files.status(of: path) == nil { try files.replace(path, with: []) }
        let connection = try Connection(path: path, mode: .readWrite)
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        try connection.migrate(Self.migrations)
        return connection
    }

    private func write(_ bindings: [StoredBinding]) throws(Fault) -> [String: Int64] {
        try guarded {
            if try bindings.isEmpty && files.status(of: path) == nil { return [:] }
            let connection = try opened()
            return try connection.transaction {
                let forgotten = try forgotten(in: connection)
                let statement = try connection.prepare(
                    """
                    INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET hardware = excluded.hardware,
                        first_seen = iif(hardware = excluded.hardware, first_seen,
                            excluded.first_seen),
                        last_seen = max(last_seen, excluded.last_seen)
                    """)
                // What was known until somebody said so does not come back; what was heard since
                // is news.
                for binding in bindings
                where forgotten[binding.address].map({ binding.lastSeen > $0 }) ?? true {
                    try statement.run([
                        .text(binding.interface), .text(binding.vlans), .text(binding.address),
                        .text(binding.hardware), .integer(binding.firstSeen),
                        .integer(binding.lastSeen),
                    ])
                }
                try trim(connection)
                return forgotten
            }
        }
    }

    private func trim(_ connection: Connection) throws {
        let count = try connection.integer("SELECT count(*) FROM binding") ?? 0
        guard count > Self.bindingsMax else { return }
        try connection.run(
            """
            DELETE FROM binding WHERE (interface, vlans, address) IN (
                SELECT interface, vlans, address FROM binding ORDER BY last_seen LIMIT ?)
            """, [.integer(count - Self.bindingsMax)])
    }

    /// The bindings, or those of one address.
    func rows(of connection: Connection, address: String? = nil) throws -> [StoredBinding] {
        try connection.rows(
            """
            SELECT interface, vlans, address, hardware, first_seen, last_seen FROM binding
            WHERE address = ifnull(?, address)
            ORDER BY last_seen DESC, interface, vlans, address LIMIT ?
            """, [address.map { .text($0) } ?? .null, .integer(Self.bindingsMax)]
        ) { (row) throws(SQLiteError) in
            StoredBinding(
                interface: row.text(0), vlans: row.text(1), address: row.text(2),
                hardware: row.text(3), firstSeen: row.integer(4), lastSeen: row.integer(5))
        }
    }

    /// Runs `body`, and says what its errors mean for the store.
    func guarded<Result>(_ body: () throws -> Result) throws(Fault) -> Result {
        do {
            return try body()
        } catch let error as Fault {
            throw error
        } catch let error as SQLiteError {
            throw error.isDamage ? .damaged(setAside: path) : .unusable(error.description)
        } catch is MigrationError {
            throw .newer
        } catch {
            throw .unusable("\(error)")
        }
    }

    private func setAside() -> Fault {
        let aside = "\(path).damaged-\(clock.now().nanoseconds / 1_000_000_000)"
        do throws(SystemError) {
            try files.rename(path, to: aside)
            for suffix in ["-wal", "-shm"] { try files.remove(path + suffix) }
            return .damaged(setAside: aside)
        } catch {
            return .unusable("\(error)")
        }
    }
}
