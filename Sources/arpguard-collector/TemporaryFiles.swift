// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Where SQLite puts what it writes beside a store, such as the copy from which a file is written
/// anew.
enum TemporaryFiles {
    /// Has them made in the folder of the store at `path`, whatever the environment names: a copy
    /// is as secret as the store, and the room that is looked at is that of its disk. SQLite reads
    /// the place once, before it opens anything; nothing else may run beside this. A link is
    /// followed, as it is where the room is looked at.
    static func keep(besideStore path: String) {
        let file = followed(path)
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? "./"
        unsafe setenv("SQLITE_TMPDIR", String(folder), 1)
    }

    /// Where a path leads; itself where nothing is there yet.
    private static func followed(_ path: String) -> String {
        // What realpath allocates is a C string, copied before it is freed.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
