// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The machine's file system.
public struct RealFileSystem: FileSystem {
    /// Makes a view of the machine's file system; costs nothing.
    public init() {}

    /// What stands at `path`, by `lstat(2)`.
    public func status(of path: String) throws(SystemError) -> FileStatus? {
        try Self.inode(at: path).map { status in
            FileStatus(
                kind: kind(of: status.st_mode), owner: status.st_uid,
                mode: status.st_mode & 0o7777, bytes: Int64(status.st_size),
                allocatedBytes: Int64(status.st_blocks) * 512)
        }
    }

    /// Whether two paths lead to the same file or folder of the machine, links followed
    /// (stat(2)). Paths that are the same text do; else those to nothing do not.
    public static func areSame(_ left: String, _ right: String) -> Bool {
        var (first, second) = (stat(), stat())
        if left == right { return true }
        guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Whether a path leads to nothing, links followed (stat(2)): in a circle, or below a file too.
    public static func leadsNowhere(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) != 0 else { return false }
        return [ENOENT, ENOTDIR, ELOOP].contains(errno)
    }

    /// What the kernel has at `path`, links not followed; nil if there is nothing.
    static func inode(at path: String) throws(SystemError) -> stat? {
        var status = stat()
        do throws(SystemError) {
            try systemCall("lstat", path) { unsafe lstat(path, &status) }
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        return status
    }

    private func kind(of mode: mode_t) -> FileStatus.Kind {
        switch mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// The whole content of a file within the limit.
    public func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        // Opening a pipe would wait for a writer.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        return try file.readAll(path, bytesMax: bytesMax)
    }

    /// Puts `bytes` in the place of a file: written, synced, renamed, folder synced.
    public func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let temporary = UnfinishedFile.name(of: path, writer: getpid())
        do throws(SystemError) {
            try writeSynced(temporary, bytes)
            try rename(temporary, to: path)
        } catch {
            // The first error is the one to tell; a file left over is overwritten next time.
            _ = unsafe unlink(temporary)
            throw error
        }
        try syncFolder(of: path)
    }

    /// Sets the permission bits of what stands at `path`, a link's target included.
    public func setMode(_ mode: UInt32, of path: String) throws(SystemError) {
        try systemCall("chmod", path) { unsafe chmod(path, mode) }
    }

    private func writeSynced(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        try file.writeAll(bytes, path)
        try systemCall("fsync", path) { fsync(file.number) }
    }

    private func syncFolder(of path: String) throws(SystemError) {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let folder = end == path.startIndex ? "/" : String(path[..<end])
        let file = try Descriptor(opening: folder, O_RDONLY | O_DIRECTORY)
        try systemCall("fsync", folder) { fsync(file.number) }
    }

    /// Makes one folder with mode 0700, unless it is there.
    public func createFolder(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            try systemCall("mkdir", path) { unsafe mkdir(path, 0o700) }
        } catch {
            guard error.code == EEXIST, try status(of: path)?.kind == .folder else { throw error }
        }
    }

    /// The names in a folder, sorted.
    public func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            throw SystemError(code: errno, call: "opendir", subject: folder)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or an empty folder, unless it is gone.
    public func remove(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            try systemCall("unlink", path) { unsafe unlink(path) }
        } catch {
            if error.isNotFound { return }
            guard error.code == EISDIR else { throw error }
            try systemCall("rmdir", path) { unsafe rmdir(path) }
        }
    }

    /// Moves a file over another name.
    public func rename(_ path: String, to newPath: String) throws(SystemError) {
        try systemCall("rename", path) { unsafe Glibc.rename(path, newPath) }
    }

    /// Locks a file by `flock(2)`; nil if another has it.
    public func lock(_ path: String) throws(SystemError) -> FileLock? {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW)
        return try hasLocked(file, path, LOCK_EX) ? FileLock(file) : nil
    }

    /// Shares the lock for a moment with whoever else looks.
    public func isLocked(_ path: String) throws(SystemError) -> Bool {
        try !hasLocked(Descriptor(opening: path, O_RDONLY | O_NOFOLLOW), path, LOCK_SH)
    }

    private func hasLocked(
        _ file: borrowing Descriptor, _ path: String, _ kind: Int32
    ) throws(SystemError) -> Bool {
        let number = file.number
        do throws(SystemError) {
            try systemCall("flock", path) { flock(number, kind | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }

    /// Maps a file shared, its space allocated if it is made.
    public func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping {
        let flags = O_RDWR | O_NOFOLLOW | (create ? O_CREAT : 0)
        let file = try Descriptor(opening: path, flags)
        if create {
            let code = posix_fallocate(file.number, 0, off_t(bytes))
            guard code == 0 else {
                // A file that was made for this and found no room says nothing to anybody.
                if (try? status(of: path))?.bytes == 0 { try? remove(path) }
                throw SystemError(code: code, call: "posix_fallocate", subject: path)
            }
        }
        return try SharedMapping(of: file.number, path: path, bytes: bytes)
    }
}
