// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import Modules

/// What keeps a user from a store, looked for at the files themselves.
///
/// Whoever reads a store writes beside it too, the index of its log at least
/// (sqlite.org/wal.html, section 5): one that can't be written is refused before SQLite makes files
/// there with the same rights, which keep the collector out later.
package enum StoreAccess {
    /// Throws where this user can't use the store at `path`, or make it where nothing is there.
    package static func check(_ path: String) throws(StorageError) {
        // SQLite has the log beside what a link leads to; else the path is told as it was given.
        let isLink = (try? RealFileSystem().status(of: path))?.kind == .link
        let file = isLink ? followed(path) : path
        let folder = folder(of: file)
        try checkFolder(folder)
        try checkRight(folder, W_OK | X_OK, "wx")
        for name in [file, file + "-wal", file + "-shm"] where isThere(name) {
            try checkKind(name)
            try checkRight(name, R_OK | W_OK, "rw")
        }
    }

    /// The folder of the file that a path leads to, ending in a slash.
    static func folder(ofStore path: String) -> String { folder(of: followed(path)) }

    private static func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[...$0]) } ?? "./"
    }

    /// Where a path leads; itself where nothing is there yet.
    private static func followed(_ path: String) -> String {
        // What realpath allocates is a C string, copied before it is freed.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private static func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    private static func checkFolder(_ folder: String) throws(StorageError) {
        do throws(SystemError) {
            try systemCall("access", folder) { unsafe access(folder, F_OK) }
        } catch {
            guard error.isNotFound else {
                throw StorageError(
                    .unreachable, "can't reach the store's folder \(error)",
                    hint: "run this as a user who may look there")
            }
            throw StorageError(
                .unreachable, "the store's folder \(folder) is not there",
                hint: "make it, or name a file in another one with --store")
        }
    }

    private static func checkKind(_ path: String) throws(StorageError) {
        guard let status = try? RealFileSystem().status(of: path), status.kind != .file else {
            return
        }
        throw StorageError(
            .unreachable, "\(path) is no file, as a store is",
            hint: "name a file with --store, one that is there or one that is to be made")
    }

    /// - Parameter letters: the rights as chmod(1) writes them.
    private static func checkRight(
        _ path: String, _ rights: Int32, _ letters: String
    ) throws(StorageError) {
        do throws(SystemError) {
            try systemCall("access", path) { unsafe access(path, rights) }
        } catch {
            let owner = (try? RealFileSystem().status(of: path))?.owner
            let hint =
                if error.code == EROFS {
                    "name one on a file system that can be written, such as a copy, with --store"
                } else if error.code == EPERM {
                    "take the mark off it that nothing may change it: sudo chattr -i "
                        + ShellText.file(path)
                } else if owner == geteuid() {
                    "chmod u+\(letters) \(ShellText.file(path))"
                } else {
                    "run this as the collector's user, to whom store and folder have to belong"
                }
            throw StorageError(
                .unreachable, "the store can't be written, which even reading it takes: \(error)",
                hint: hint)
        }
    }
}
