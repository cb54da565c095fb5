// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules

/// Makes a process's journal, as long as the storage cap lets it.
struct JournalMaker {
    /// How often another name is tried when somebody who tidies up was in the way.
    private static let attempts = 3

    let gate: GateReader
    let catalogue: Catalogue

    /// The length of a journal under a cap on everything in the folder: a quarter of it, so that
    /// what is stored has its place too.
    static func journalBytes(cap: Int64) -> Int {
        let quarter = Int(clamping: cap / 4) / Segment.bytes * Segment.bytes
        return min(max(quarter, Journal.fileBytesMin), Journal.fileBytesMax)
    }

    /// Makes the folders and the journal. Throws, and leaves nothing behind, if that can't be.
    func make(_ wake: @escaping @Sendable () -> Void) throws -> Journal {
        try gate.directory.prepare(gate.seams)
        let cap = gate.config.storageBytesMax
        let bytes = Self.journalBytes(cap: cap)
        // Journals of ended processes give their room back at the next move to the store.
        guard try journalsBytes() + Int64(bytes) <= cap / 2 else {
            throw TelemetryError(
                .storage, "the journals of other processes fill half of storage_bytes_max",
                hint: "raise telemetry.storage_bytes_max")
        }
        let journal = try make(bytes: bytes, wake)
        // The journal comes first: without these all works but deleting, and counting what was
        // lost, on a full disk.
        try? Reserve(directory: gate.directory, files: gate.seams.files).make()
        try? LossNote(directory: gate.directory, seams: gate.seams).make()
        return journal
    }

    private func make(
        bytes: Int, _ wake: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Journal {
        for _ in 1..<Self.attempts {
            do throws(SystemError) {
                return try makeOnce(bytes: bytes, wake)
            } catch {
                guard error.isNotFound || error.code == SystemError.busy else { throw error }
            }
        }
        return try makeOnce(bytes: bytes, wake)
    }

    private func makeOnce(
        bytes: Int, _ wake: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Journal {
        let folder = gate.directory.journals
        do throws(SystemError) {
            return try Journal(
                creatingIn: folder, JournalTable(catalogue), bytes: bytes,
                processNumber: getpid(), gate.seams, wake: wake)
        } catch {
            // Told once per reason: the file's name is another one each time.
            throw SystemError(code: error.code, call: error.call, subject: folder)
        }
    }

    private func journalsBytes() throws(SystemError) -> Int64 {
        let (files, folder) = (gate.seams.files, gate.directory.journals)
        var total: Int64 = 0
        for name in try files.names(in: folder) {
            total += try files.status(of: "\(folder)/\(name)")?.allocatedBytes ?? 0
        }
        return total
    }
}
