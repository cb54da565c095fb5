// SPDX-License-Identifier: Apache-2.0

internal import Modules
internal import SQLite

/// Runs `body` and turns what SQLite and the files throw into `StorageError`.
func translated<Result>(
    _ subject: String, _ body: () throws -> Result
) throws(StorageError) -> Result {
    do {
        return try body()
    } catch let error as StorageError {
        throw error
    } catch let error as SystemError {
        let named = SystemError(code: error.code, call: error.call, subject: subject)
        throw StorageError(
            .unreachable, "can't open the store \(named)",
            hint: "check that the folder exists and belongs to the collector's user")
    } catch let error as SQLiteError {
        throw StorageError(error, subject: subject)
    } catch MigrationError.newer(let found, let known) {
        throw StorageError(
            .newer, "\(subject) has schema \(found), and this program knows \(known)",
            hint: "run the collector that wrote it, or a later one")
    } catch {
        throw StorageError(
            .unavailable, "\(subject): \(error)", hint: "try again; report it if it stays")
    }
}

extension StorageError {
    static func missing(_ path: String) -> StorageError {
        StorageError(
            .unreachable, "there is no store at \(path)",
            hint: "name the file that arpguard-collector serve writes, as sqlite:PATH")
    }

    static func leadsNowhere(_ path: String) -> StorageError {
        StorageError(
            .unreachable, "\(path) is a link that leads to nothing",
            hint: "mend the link, or name the file itself, which arpguard-collector serve can make")
    }

    static func foreign(_ path: String) -> StorageError {
        StorageError(
            .damaged, "\(path) is no collector store",
            hint: "name the file that arpguard-collector serve writes, as sqlite:PATH")
    }

    static var rewriting: StorageError {
        StorageError(
            .rewriting, "the store is being written anew", hint: "try again in some minutes")
    }

    static var othersInTheWay: StorageError {
        StorageError(
            .unavailable,
            "copies of what was deleted are left in the store: another program uses it",
            hint: "end what reads the store, such as a backup, or the collector that serves it, "
                + "and try again")
    }

    fileprivate init(_ error: SQLiteError, subject: String) {
        if error.isDamage {
            self.init(
                .damaged, "\(subject) is damaged or no collector store: \(error)",
                hint: "restore it from a backup, or name another file with --store")
        } else if error.isBusy {
            self.init(
                .unavailable, "\(subject) can't be written now: \(error)",
                hint: "another collector or purge may be writing it anew: try again in some minutes"
            )
        } else if error.isFull {
            self.init(
                .unavailable, "\(subject) can't be written now: \(error)",
                hint: "free disk space")
        } else {
            self.init(
                .unreachable, "\(subject) can't be used: \(error)",
                hint: "run this as the collector's user, and check that the file belongs to it")
        }
    }
}
