// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@Suite struct RealFileSystemTests {
    let folder: TemporaryDirectory
    let files = RealFileSystem()

    init() throws { folder = try TemporaryDirectory() }

    @Test func `a replaced file has the new content, mode 0600 and nothing beside it`() throws {
        let path = "\(folder.path)/state"
        try files.replace(path, with: [1, 2, 3])
        try files.replace(path, with: [4])
        #expect(try files.read(path, bytesMax: 10) == [4])
        #expect(try files.status(of: path)?.mode == 0o600)
        #expect(try files.names(in: folder.path) == ["state"])
    }

    @Test func `a file over the limit is refused, not cut`() throws {
        let path = "\(folder.path)/long"
        try files.replace(path, with: [UInt8](repeating: 7, count: 100_000))
        #expect(throws: SystemError.self) { try files.read(path, bytesMax: 99_999) }
        #expect(try files.read(path, bytesMax: 100_000).count == 100_000)
    }

    @Test func `what is not there has no status and is removed without an error`() throws {
        #expect(try files.status(of: "\(folder.path)/none") == nil)
        try files.remove("\(folder.path)/none")
        #expect(throws: SystemError.self) { try files.read("\(folder.path)/none", bytesMax: 1) }
    }

    @Test func `of two lockers of one file the second gets nothing until the first lets go`() throws
    {
        let path = "\(folder.path)/lock"
        var first = try files.lock(path)
        #expect(first != nil)
        #expect(try files.lock(path) == nil)
        first = nil
        #expect(try files.lock(path) != nil)
    }

    @Test func `who looks whether a lock is taken is not seen as its holder by another looker`()
        throws
    {
        let path = "\(folder.path)/lock"
        var lock = try files.lock(path)
        #expect(try lock != nil && files.isLocked(path))
        lock = nil
        let looker = unsafe open(path, O_RDONLY)
        defer { close(looker) }
        try #require(flock(looker, LOCK_SH | LOCK_NB) == 0)
        #expect(try !files.isLocked(path))
        // And the lock is not to be had without whoever looks.
        #expect(try files.lock(path) == nil)
    }

    @Test func `a lock is given back although a child that is starting has the file open`() throws {
        let path = "\(folder.path)/lock"
        var first = try files.lock(path)
        #expect(first != nil)
        // The same open file under a second number, as a child has it between fork and exec.
        let second = try #require((0..<1024).first { isOpen($0, path) }.map { dup($0) })
        first = nil
        #expect(try files.lock(path) != nil)
        close(second)
    }

    private func isOpen(_ number: Int32, _ path: String) -> Bool {
        var here = stat()
        var there = stat()
        guard unsafe fstat(number, &here) == 0, unsafe stat(path, &there) == 0 else { return false }
        return here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    @Test func `two mappings of one file see each other's words`() throws {
        let path = "\(folder.path)/page"
        let first = try files.map(path, bytes: 4096, create: true)
        let second = try files.map(path, bytes: 4096, create: false)
        first.storeRelease(42, at: 8)
        #expect(second.loadAcquire(at: 8) == 42)
        second.add(1, at: 8)
        #expect(first.loadRelaxed(at: 8) == 43)
        first.write([9, 8, 7], at: 100)
        #expect(second.read(at: 100, count: 3) == [9, 8, 7])
        second.zero(at: 100, count: 2)
        #expect(first.read(at: 100, count: 3) == [0, 0, 7])
    }

    @Test func `reading a pipe waits for nobody`() throws {
        let path = "\(folder.path)/pipe"
        try #require(unsafe mkfifo(path, 0o600) == 0)
        #expect(try files.read(path, bytesMax: 16).isEmpty)
    }

    @Test func `a file shorter than asked for is not mapped`() throws {
        let path = "\(folder.path)/short"
        try files.replace(path, with: [1])
        #expect(throws: SystemError.self) { try files.map(path, bytes: 4096, create: false) }
    }

    @Test(arguments: [nil, [], [7]] as [[UInt8]?])
    func `what finds no room to be mapped leaves no empty file`(before: [UInt8]?) throws {
        let path = "\(folder.path)/page"
        if let before { try files.replace(path, with: before) }
        let error = #expect(throws: SystemError.self) {
            try files.map(path, bytes: 1 << 62, create: true)
        }
        #expect(error?.call == "posix_fallocate")
        #expect(try files.status(of: path)?.bytes == (before == [7] ? 1 : nil))
    }
}
