// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files, as the modules use them; a simulation puts its own in and makes them fail.
///
/// Every call throws `SystemError` with the path as its subject.
public protocol FileSystem: Sendable {
    /// What stands at `path`, links not followed; nil if nothing does.
    func status(of path: String) throws(SystemError) -> FileStatus?

    /// The whole content of a file, at most `bytesMax` bytes; a longer file is refused with EFBIG.
    func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8]

    /// Puts `bytes` in the place of the file at `path`: written beside it with mode 0600, synced,
    /// renamed, the folder synced. After a crash the old or the new content stands, never a mix.
    func replace(_ path: String, with bytes: [UInt8]) throws(SystemError)

    /// Makes one folder with mode 0700. A folder that is there already is fine.
    func createFolder(_ path: String) throws(SystemError)

    /// The names in a folder, sorted.
    func names(in folder: String) throws(SystemError) -> [String]

    /// Removes a file, or a folder with nothing in it. One that is not there is fine.
    func remove(_ path: String) throws(SystemError)

    /// Moves a file to another name in the same file system, over whatever stands there.
    func rename(_ path: String, to newPath: String) throws(SystemError)

    /// Locks a file for this process alone, making it (0600) if needed; nil if another has it.
    /// The lock ends with the value, or with the process however it ends.
    func lock(_ path: String) throws(SystemError) -> FileLock?

    /// Whether another has the lock of a file that is there. Nobody who looks at the same time
    /// takes that for the lock.
    func isLocked(_ path: String) throws(SystemError) -> Bool

    /// Opens a file that other processes share as memory. `create` makes it with mode 0600 and
    /// `bytes` bytes that are all there (a full disk is an error now, not a signal later).
    func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping
}

extension FileSystem {
    /// Takes the lock for a moment, where a file system knows no other way to look.
    public func isLocked(_ path: String) throws(SystemError) -> Bool { try lock(path) == nil }

    /// The whole content of a file; nil only where nothing stands at `path`. A link that leads
    /// nowhere stands there: what it led to may have said something, so it is an error.
    public func readIfThere(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try read(path, bytesMax: bytesMax)
        } catch {
            guard error.isNotFound, try status(of: path) == nil else { throw error }
            return nil
        }
    }

    /// Locks a file for this process alone, waiting for whoever has it; nil if that takes longer
    /// than `milliseconds`.
    public func lock(_ path: String, waiting milliseconds: Int32) throws(SystemError) -> FileLock? {
        let step: Int32 = 10
        for _ in 0..<(milliseconds + step - 1) / step {
            if let lock = try lock(path) { return lock }
            // No descriptor to wait for: this only passes the time.
            _ = poll(nil, 0, step)
        }
        return try lock(path)
    }
}

/// What stands at a path.
public struct FileStatus: Sendable, Equatable {
    /// What a path may hold.
    public enum Kind: Sendable, Equatable { case file, folder, link, other }

    /// What it is.
    public let kind: Kind
    /// The user number of its owner.
    public let owner: UInt32
    /// Its permission bits, at most `0o7777`.
    public let mode: UInt32
    /// Its length in bytes.
    public let bytes: Int64
    /// The space that it takes on the disk, in bytes.
    public let allocatedBytes: Int64

    /// Describes what stands at a path.
    public init(kind: Kind, owner: UInt32, mode: UInt32, bytes: Int64, allocatedBytes: Int64) {
        self.kind = kind
        self.owner = owner
        self.mode = mode
        self.bytes = bytes
        self.allocatedBytes = allocatedBytes
    }
}

/// A lock on a file, held as long as this value lives.
///
/// It is given back in words, not only by closing: between fork and exec a child has the file open
/// too, and would hold the lock on. A child that lives on without exec does not give it back.
public final class FileLock: Sendable {
    private let giveBack: @Sendable () -> Void
    private let owner = getpid()

    init(_ descriptor: consuming Descriptor) {
        // The closure owns the descriptor, which is closed with it.
        giveBack = { [descriptor] in _ = flock(descriptor.number, LOCK_UN) }
    }

    /// A lock of a file system that is not the machine's.
    package init(givingBack: @escaping @Sendable () -> Void) { giveBack = givingBack }

    deinit {
        if getpid() == owner { giveBack() }
    }
}
