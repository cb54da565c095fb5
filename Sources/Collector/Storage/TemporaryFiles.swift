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
}
