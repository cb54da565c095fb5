// SPDX-License-Identifier: Apache-2.0

import Collector
import Modules
import TestKit
import Testing

/// A store that somebody moves, replaces or removes under a collector.
@Suite struct MovedStoreTests {
    @Test(arguments: ["removed", "replaced", "moved"])
    func `a store that was taken away takes nothing in, and says why`(how: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("store")
        let storage = try SQLiteStorage(
            path: path, random: SystemRandom(), fileSystem: RealFileSystem())
        try storage.checkReady()
        let files = RealFileSystem()
        try files.rename(path, to: folder.file("away"))
        if how == "replaced" { try folder.write("", to: "store") }
        if how == "removed" { try files.remove(folder.file("away")) }
        let error = #expect(throws: StorageError.self) { try storage.checkReady() }
        #expect(error?.code == .unreachable)
        if how == "moved" {
            try files.rename(folder.file("away"), to: path)
            try storage.checkReady()
        }
    }
}
