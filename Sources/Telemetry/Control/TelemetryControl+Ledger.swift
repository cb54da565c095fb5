// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension TelemetryControl {
    /// Checks that the ledger is whole: each row against its hash, and against the row before it.
    ///
    /// Only reads: finishes, takes in, prunes and replaces nothing, so that what it finds is what
    /// stands there. Throws if the folder or the database can't be read at all.
    ///
    /// - Parameter head: a hash that was noted earlier, 64 hexadecimal digits; it shows what the
    ///   ledger alone can't: rows cut off at the end, and a chain that was built anew.
    public func verifyLedger(head: String? = nil) throws -> LedgerVerdict {
        if let head, !LedgerVerdict.isHead(head) {
            throw TelemetryError(
                .ledger, "a head is 64 hexadecimal digits, not: \(head)",
                hint: "give the head that an earlier check told")
        }
        do {
            return LedgerVerdict(
                try ledgerAsItStands(), head: head,
                isExpected: gate.read().state.record != nil)
        } catch let error as SQLiteError where error.isDamage {
            throw TelemetryError(
                .ledger, "the ledger can't be checked: \(directory.store) is damaged",
                hint: "keep a copy of it to look into; the next command that needs the store sets "
                    + "it aside and begins a new one")
        }
    }

    private func ledgerAsItStands() throws -> [LedgerRow] {
        let folder = try seams.files.status(of: directory.path)
        if let folder, folder.kind != .folder {
            throw TelemetryError(
                .storage, "\(directory.path) is no folder",
                hint: "name the folder of the data as storage_path")
        }
        guard try seams.files.status(of: directory.store) != nil else { return [] }
        let database = try seams.openDatabase(directory.store, .readOnly)
        let hasLedger = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger'"
        guard try database.integer(hasLedger) != nil else { return [] }
        return try Ledger(database: database, seams: seams).rows()
    }

    func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, seams: seams)
    }
}
