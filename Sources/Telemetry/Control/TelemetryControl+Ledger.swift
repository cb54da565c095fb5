// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules

extension TelemetryControl {
    /// Checks that the ledger is whole: each row against its hash, and against the row before it.
    ///
    /// - Parameter head: a hash that was noted earlier, 64 hexadecimal digits; it shows what the
    ///   ledger alone can't: rows cut off at the end, and a chain that was built anew.
    public func verifyLedger(head: String? = nil) throws -> LedgerVerdict {
        if let head, head.utf8.count != 2 * SHA256.bytes || Hex.decode(head) == nil {
            throw TelemetryError(
                .ledger, "a head is 64 hexadecimal digits, not: \(head)",
                hint: "arpguard telemetry log --verify prints it")
        }
        return LedgerVerdict(try ledger(), head: head)
    }

    func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, clock: seams.clock)
    }
}
