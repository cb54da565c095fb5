// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

/// A file that is put in another's place stands on the disk before its name does, and its name
/// before the call ends: a loss of power leaves the old content or the new one.
@Suite struct SyncedReplacementTests {
    @Test func `a replaced file is on the disk before it has its name, and so is the name after`()
        throws
    {
        if let obstacle = SyncWatch.obstacle { try Test.cancel("\(obstacle)") }
        let folder = try TemporaryDirectory()
        let path = folder.file("state")
        for _ in 0..<2 {
            let synced = try SyncWatch.paths {
                try RealFileSystem().replace(path, with: [1, 2, 3])
            }
            // Beside it, and under another name still.
            #expect(synced.count == 2)
            #expect(synced.first?.hasPrefix("\(path).") == true, "\(synced)")
            #expect(synced.last == folder.path, "\(synced)")
        }
    }

    @Test func `what is mapped is on the disk once it was asked for`() throws {
        if let obstacle = SyncWatch.obstacle { try Test.cancel("\(obstacle)") }
        let folder = try TemporaryDirectory()
        let page = try RealFileSystem().map(folder.file("page"), bytes: 4096, create: true)
        let synced = try SyncWatch.paths { try page.sync() }
        #expect(synced == [folder.file("page")])
    }
}
