// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension Drain {
    /// Takes over the journals of processes that ended, and removes them.
    ///
    /// One that can't be read is renamed out of the way, counted and told.
    func adoptAll(into store: Store) throws {
        let (files, directory) = (gate.seams.files, gate.directory)
        guard try files.status(of: directory.journals) != nil else { return }
        for name in try files.names(in: directory.journals) {
            let path = "\(directory.journals)/\(name)"
            if name.hasSuffix(Journal.suffix) { try adopt(path, into: store) }
            if name.hasSuffix(Journal.unfinishedSuffix) { try removeUnfinished(path) }
        }
        try forgetJournals(store)
        try LossNote(directory: directory, seams: gate.seams).take(into: store)
    }

    private func adopt(_ path: String, into store: Store) throws {
        let journal: Journal
        do throws(SystemError) {
            guard let adopted = try Journal(adopting: path, gate.seams) else { return }
            journal = adopted
        } catch {
            // Another process was faster: it took the journal, and removed it.
            if error.isNotFound { return }
            guard error.code == SystemError.invalid else { throw error }
            return try setAside(path, store)
        }
        if try drain(journal, into: store).isTaken { try gate.seams.files.remove(path) }
    }

    /// What a process left that died while it made its journal: nothing was in it.
    private func removeUnfinished(_ path: String) throws(SystemError) {
        guard let lock = try gate.seams.files.lock(path) else { return }
        try gate.seams.files.remove(path)
        withExtendedLifetime(lock) {}
    }

    private func setAside(_ path: String, _ store: Store) throws {
        let files = gate.seams.files
        // An empty file is what the look at a journal leaves whose owner removed it just then.
        if try files.status(of: path)?.bytes == 0 { return try files.remove(path) }
        try files.rename(path, to: gate.directory.damagedJournal)
        try store.addLoss(.damaged, 1)
        gate.seams.logger.log(.warning, "a telemetry journal can't be read and was set aside")
    }

    /// Rows of journals that are gone are of no use any more.
    private func forgetJournals(_ store: Store) throws {
        // In this order: a journal that is made in between is not known, so it is not forgotten.
        let known = try store.database.rows("SELECT DISTINCT journal FROM journals") { $0.text(0) }
        let there = try gate.seams.files.names(in: gate.directory.journals)
        for name in known where !there.contains(name) {
            try store.database.run("DELETE FROM journals WHERE journal = ?", [.text(name)])
        }
    }
}
