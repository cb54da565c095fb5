// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Small things that outlive a process, and go with all else when a person deletes.
extension Store {
    /// What is remembered under a key; nil if nothing is.
    func remembered(_ key: String) throws -> [UInt8]? {
        try database.rows("SELECT value FROM memory WHERE key = ?", [.text(key)]) {
            $0.blob(0)
        }.first
    }

    /// The same as text.
    func rememberedText(_ key: String) throws -> String? {
        try remembered(key).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Remembers a value in the place of what was under this key.
    func remember(_ value: [UInt8], _ key: String) throws(SQLiteError) {
        try database.run(
            "INSERT OR REPLACE INTO memory(key, value) VALUES (?, ?)", [.text(key), .blob(value)])
    }

    /// Remembers a text.
    func remember(_ text: String, _ key: String) throws(SQLiteError) {
        try remember(Array(text.utf8), key)
    }

    /// Remembers nothing under this key.
    func forget(_ key: String) throws(SQLiteError) {
        try database.run("DELETE FROM memory WHERE key = ?", [.text(key)])
    }
}
