// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite

/// Remembers what settings were like at the last run, without remembering their values.
///
/// A value is kept as a keyed hash in the store, under a key that the store made for itself, and
/// only as long as the consent lasts under which it was seen.
struct SettingsMemory {
    let store: Store
    let gate: GateReader
    let epoch: UInt32

    /// The names of the settings that differ from the last run under this consent; none of those
    /// that are seen for the first time.
    func changes(_ settings: [String: String]) throws -> [String] {
        try store.database.transaction {
            try forgetEarlierConsents()
            let key = try memoryKey()
            return try settings.sorted { $0.key < $1.key }.compactMap { name, setting in
                let place = "setting.\(epoch).\(name)"
                let before = try store.remembered(place)
                let now = keyedHash(Array(setting.utf8), key: key)
                if before != now { try store.remember(now, place) }
                return before != nil && before != now ? name : nil
            }
        }
    }

    private func forgetEarlierConsents() throws(SQLiteError) {
        try store.database.run(
            "DELETE FROM memory WHERE key GLOB 'setting.[0-9]*' AND key NOT GLOB ?",
            [.text("setting.\(epoch).*")])
    }

    private func memoryKey() throws -> [UInt8] {
        if let key = try store.remembered("setting.key") { return key }
        let key = gate.seams.random.bytes(32)
        try store.remember(key, "setting.key")
        return key
    }
}
