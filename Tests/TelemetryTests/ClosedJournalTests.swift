// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Synchronization
import TestKit
import Testing

@testable import Telemetry

/// A journal is closed while threads that recorded end.
@Suite struct ClosedJournalTests {
    /// A thread gives its segment back while the journal is closed: either that is early enough,
    /// or somebody may still write.
    private final class Ending: Sendable {
        let journal: Journal
        let isClosing = Atomic(false)

        init(_ journal: Journal) { self.journal = journal }

        /// What `close` says.
        func closes() throws -> Bool {
            #expect(journal.segment(0).claim())
            let thread = try JoinableThread { [self] in
                while !isClosing.load(ordering: .acquiring) {}
                journal.segment(0).giveBack()
            }
            isClosing.store(true, ordering: .releasing)
            let isQuiet = journal.close()
            thread.join()
            return isQuiet
        }
    }

    @Test func `a journal in which nobody can be writing has no segment left to take`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let seams = TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "test"))
        for _ in 0..<2000 {
            let journal = try Journal(
                creatingIn: folder.path, JournalTable(.standard), bytes: Journal.fileBytesMax,
                processNumber: getpid(), seams, wake: {})
            let isQuiet = try Ending(journal).closes()
            let free = (0..<journal.segmentCount - 1).filter { journal.segment($0).claim() }
            #expect(!isQuiet || free.isEmpty, "a thread may still take segments \(free)")
            try RealFileSystem().remove(journal.path)
        }
    }
}
