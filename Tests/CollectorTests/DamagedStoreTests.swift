// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// Stores whose bytes were changed by nobody who knows what they mean.
@Suite struct DamagedStoreTests {
    private static let pageBytes = 4096

    private func open(_ path: String, migrates: Bool = true) throws(StorageError) -> SQLiteStorage {
        try SQLiteStorage(
            path: path, create: false, migrates: migrates, random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
    }

    /// The store's file with batches of these installations added.
    private func bytes(of store: SampleStore, adding numbers: ClosedRange<Int>) throws -> [UInt8] {
        for number in numbers {
            try store.storage.commit(
                batch("\(number)", of: number, [today: ["event/app_start": 1]]))
        }
        try store.storage.emptyLog()
        return try store.folder.read("store.sqlite")
    }

    @Test func `a page of rows of before in the place of a newer one is found by a check`() throws {
        let store = try SampleStore()
        let old = try bytes(of: store, adding: 1...100)
        let new = try bytes(of: store, adding: 101...300)
        let folder = try TemporaryDirectory()
        let path = folder.file("store.sqlite")
        var tried = 0
        for page in stride(from: Self.pageBytes, to: old.count, by: Self.pageBytes) {
            // A leaf of a table without row numbers, as the batches stand in.
            let range = page..<page + Self.pageBytes
            guard old[page] == 0x0a, new[page] == 0x0a, old[range] != new[range] else { continue }
            var mixed = new
            mixed.replaceSubrange(range, with: old[range])
            for name in try folder.contents() { try RealFileSystem().remove(folder.file(name)) }
            try RealFileSystem().replace(path, with: mixed)
            let error = #expect(throws: StorageError.self) { try open(path).check() }
            #expect(error?.code == .damaged, "page \(page / Self.pageBytes)")
            tried += 1
        }
        #expect(tried > 2)
    }

    @Test(arguments: ["installation_hash", "installation_hash_mark"])
    func `a key with one bit changed, or a mark of it, opens no store`(name: String) throws {
        let store = try SampleStore()
        let connection = try Connection(path: store.path, mode: .readWrite)
        let kept = try connection.rows("SELECT value FROM secret WHERE name = ?", [.text(name)]) {
            $0.blob(0)
        }
        var value = try #require(kept.first)
        value[7] ^= 0x10
        try connection.run(
            "UPDATE secret SET value = ? WHERE name = ?", [.blob(value), .text(name)])
        for migrates in [true, false] {
            let error = #expect(throws: StorageError.self) {
                try open(store.path, migrates: migrates)
            }
            #expect(error?.code == .damaged)
            #expect(error?.description.contains("key of the installation hashes") == true)
        }
    }

    @Test func `a key that is too short opens no store`() throws {
        let store = try SampleStore()
        try Connection(path: store.path, mode: .readWrite)
            .execute("UPDATE secret SET value = x'00'")
        let error = #expect(throws: StorageError.self) { try open(store.path) }
        #expect(error?.code == .damaged)
        #expect(error?.description.contains("key of the installation hashes") == true)
    }

    @Test func `the key of an earlier program's store is marked by who may write it`() throws {
        let store = try SampleStore()
        let connection = try Connection(path: store.path, mode: .readWrite)
        let name = SQLiteValue.text("installation_hash_mark")
        func marks() throws -> Int64? {
            try connection.integer("SELECT count(*) FROM secret WHERE name = ?", [name])
        }
        try connection.run("DELETE FROM secret WHERE name = ?", [name])
        let before = store.storage.hash("a")
        #expect(try open(store.path, migrates: false).hash("a") == before)
        #expect(try marks() == 0)
        #expect(try open(store.path).hash("a") == before)
        #expect(try marks() == 1)
    }
}
