// SPDX-License-Identifier: Apache-2.0

internal import Hashing
internal import Modules
internal import SQLite

/// The key under which installations stand in a store. It is made with the store and never changes:
/// under another one every installation would be new, and no erasure would find anything.
struct InstallationHashKey: Sendable {
    private static let keyBytes = 32
    private static let keyName = "installation_hash"
    /// What tells that the key is the one that was made: its hash of its own name.
    private static let markName = "installation_hash_mark"
    /// Bytes of the hash under which an installation is kept.
    private static let hashBytes = 16

    private let key: [UInt8]

    /// Reads the key of a store, and makes it where the store has none yet. Throws `isDamage` where
    /// it is not the one that was made.
    ///
    /// - Parameter marks: whether a store of an older program, whose key has no mark, gets one.
    init(in connection: Connection, marks: Bool, random: any RandomSource) throws {
        if try connection.integer("SELECT 1 FROM secret") == nil {
            try Self.keep(random.bytes(Self.keyBytes), as: Self.keyName, in: connection)
        }
        guard let key = try Self.value(Self.keyName, in: connection), key.count == Self.keyBytes
        else {
            throw SQLiteError(code: 11, message: "the key of the installation hashes is missing")
        }
        let mark = keyedHash(Array(Self.keyName.utf8), key: key)
        let kept = try Self.value(Self.markName, in: connection)
        if kept == nil, marks { try Self.keep(mark, as: Self.markName, in: connection) }
        guard kept == nil || kept == mark else {
            throw SQLiteError(
                code: 11, message: "the key of the installation hashes is not the one of its mark")
        }
        self.key = key
    }

    /// The bytes that stand for an installation.
    func hash(_ installation: String) -> [UInt8] {
        Array(keyedHash(Array(installation.utf8), key: key).prefix(Self.hashBytes))
    }

    private static func value(_ name: String, in connection: Connection) throws -> [UInt8]? {
        try connection.rows("SELECT value FROM secret WHERE name = ?", [.text(name)]) {
            $0.blob(0)
        }.first
    }

    /// Leaves what another collector has just kept under the name.
    private static func keep(
        _ value: [UInt8], as name: String, in connection: Connection
    ) throws(SQLiteError) {
        try connection.run(
            "INSERT OR IGNORE INTO secret VALUES (?, ?)", [.text(name), .blob(value)])
    }
}
