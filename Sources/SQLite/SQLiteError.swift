// SPDX-License-Identifier: Apache-2.0

private import CSQLite

/// SQLite's refusal: its result code and its message. Values that were bound are never in it.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The extended result code, as sqlite.org/rescode.html lists them.
    public let code: Int32
    /// SQLite's own words.
    public let message: String
    /// The kernel's error number where a file could not be opened or used, as `errno(3)` names it;
    /// 0 where it gave none.
    public let systemCode: Int32

    /// Records a refusal.
    public init(code: Int32, message: String, systemCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.systemCode = systemCode
    }

    /// SQLite's words; for a disk without room always the same ones.
    public var description: String { isFull ? "database or disk is full" : message }

    /// The code without its extension.
    public var primaryCode: Int32 { code & 0xFF }

    /// The file is no database, or its content is damaged.
    public var isDamage: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }

    /// What a closer look at the content found, and SQLite has not met yet.
    public static let damage = SQLiteError(
        code: SQLITE_CORRUPT, message: "the database is damaged")

    /// A statement does not fit the schema, or the schema can't be read at all. For a program whose
    /// statements are right that is a sign of damage; SQLite has no code of its own for it.
    public var isSchemaMismatch: Bool { primaryCode == SQLITE_ERROR }

    /// A row has a key that another row has already.
    public var isDuplicate: Bool { Self.duplicates.contains(code) }

    /// `SQLITE_CONSTRAINT_PRIMARYKEY`, `_UNIQUE` and `_ROWID`, macros that Swift can't import.
    private static let duplicates = [6, 8, 10].map { SQLITE_CONSTRAINT | $0 << 8 }

    /// What was to be written can't be, whoever asks.
    public var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

    /// Another connection holds a lock for longer than the busy timeout.
    public var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// The next try may succeed: another connection has the lock, there is no room, or the disk did
    /// not answer.
    public var mayPass: Bool { isBusy || isFull || primaryCode == SQLITE_IOERR }

    /// The disk has no room left: for a page, or for the index of the write-ahead log.
    public var isFull: Bool { primaryCode == SQLITE_FULL || code == Self.ioerrSHMSIZE }

    /// `SQLITE_IOERR_SHMSIZE`, a macro that Swift can't import.
    private static let ioerrSHMSIZE = SQLITE_IOERR | 19 << 8
}
