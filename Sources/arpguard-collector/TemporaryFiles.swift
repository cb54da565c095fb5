// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Where SQLite puts what it writes beside a store, such as the copy from which a file is written
/// anew.
enum TemporaryFiles {
    /// Has them made in the folder of the store at `path`, whatever the environment names: a copy
    /// is as secret as the store, and the room that is looked at is that of its disk. SQLite reads
    /// the place once, before it opens anything; nothing else may run beside this.
    static func keep(besideStore path: String) {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "./"
        unsafe setenv("SQLITE_TMPDIR", String(folder), 1)
    }
}
