// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Where SQLite puts what it writes beside a store, such as the copy from which a file is written
/// anew.
package enum TemporaryFiles {
    /// Has them made in the folder of the store at `path`, whatever the environment names: a copy
    /// is as secret as the store, and the room that is looked at is that of its disk. SQLite reads
    /// the place once, before it opens anything; nothing else may run beside this. A link is
    /// followed, as it is where the room is looked at.
    package static func keep(besideStore path: String) {
        unsafe setenv("SQLITE_TMPDIR", StoreAccess.folder(ofStore: path), 1)
    }

    /// Throws where that folder can't be written: SQLite would take another one.
    static func check(besideStore path: String) throws(StorageError) {
        let folder = StoreAccess.folder(ofStore: path)
        guard unsafe access(folder, W_OK | X_OK) != 0 else { return }
        throw StorageError(
            .unavailable, "the store can't be written anew: nothing can be made in \(folder)",
            hint: "let the collector's user write there")
    }
}
