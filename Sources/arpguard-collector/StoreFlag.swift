// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import Modules

extension Flag {
    static let store = Flag(
        "store", .string, value: "sqlite:PATH|clickhouse:URL",
        default: StoreLocation.standard,
        help: "The store: a file, or http://HOST:PORT/DATABASE?cluster=NAME in ClickHouse")
}

/// Where a collector's store is.
enum StoreLocation: Sendable {
    case sqlite(path: String)
    case clickHouse(ClickHouseAddress)

    /// Where nothing else is said: a file in the working folder.
    static let standard = "sqlite:arpguard-collector.sqlite"
    private static let sqliteScheme = "sqlite:"
    private static let clickHouseScheme = "clickhouse:"

    /// Reads what `--store` says. A path alone is a SQLite store too, as long as it can't be taken
    /// for a scheme.
    init(_ text: String) throws(CommandFailure) {
        if text.hasPrefix(Self.clickHouseScheme) {
            do {
                let address = text.dropFirst(Self.clickHouseScheme.count)
                self = .clickHouse(try ClickHouseAddress(String(address)))
            } catch {
                throw CommandFailure(error.description, hint: error.hint, status: .usage)
            }
            return
        }
        let isSQLite = text.hasPrefix(Self.sqliteScheme)
        let path = isSQLite ? String(text.dropFirst(Self.sqliteScheme.count)) : text
        guard !path.isEmpty, !path.utf8.contains(0), isSQLite || !path.contains(":") else {
            throw CommandFailure(
                "--store '\(text)' names no store",
                hint: "write --store=sqlite:PATH or --store=clickhouse:http://HOST:8123/DATABASE",
                status: .usage)
        }
        self = .sqlite(path: path)
    }

    /// Opens the store, and makes it where it is missing.
    func open() throws(StorageError) -> any CollectorStorage {
        switch self {
        case .sqlite(let path):
            TemporaryFiles.keep(besideStore: path)
            return try SQLiteStorage(
                path: path, random: SystemRandom(), fileSystem: RealFileSystem())
        case .clickHouse(let address):
            return try ClickHouseStorage(address, random: SystemRandom())
        }
    }

    /// Opens a store that is there, found to be whole.
    ///
    /// - Parameters:
    ///   - isRead: whether each row of it is read too, which takes as long as it takes.
    ///   - migrates: whether an older program's store is brought to this one's form; that program
    ///     can't open it then.
    func openWhole(
        isRead: Bool, migrates: Bool
    ) throws(StorageError) -> any CollectorStorage {
        switch self {
        case .sqlite(let path):
            TemporaryFiles.keep(besideStore: path)
            let storage = try SQLiteStorage(
                path: path, create: false, migrates: migrates, random: SystemRandom(),
                fileSystem: RealFileSystem())
            try storage.check()
            if isRead { try storage.checkRows() }
            return storage
        case .clickHouse(let address):
            return try ClickHouseStorage(address, create: false, random: SystemRandom())
        }
    }
}

extension Invocation {
    /// Whether there is something to open at the place that is named, else that of the command
    /// line; throws where there can be nothing. A server has to be asked: opening says so.
    func isStoreThere(_ store: String?) throws(CommandFailure) -> Bool {
        guard case .sqlite(let path) = try location(store) else { return true }
        do {
            try StoreAccess.check(path)
            return try RealFileSystem().status(of: path) != nil
        } catch let error as StorageError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure("\(path) can't be looked at: \(error)", hint: "check its folder")
        }
    }

    private func location(_ store: String?) throws(CommandFailure) -> StoreLocation {
        try StoreLocation(store ?? command.string(.store) ?? StoreLocation.standard)
    }

    /// A store that is there, found to be whole: the one that is named, else that of the command
    /// line; with `isRead` each of its rows is read too, and without `migrates` an older program
    /// can still open it.
    func openWholeStore(
        _ store: String?, isRead: Bool = false, migrates: Bool = false
    ) throws(CommandFailure) -> any CollectorStorage {
        let location = try location(store)
        do {
            return try location.openWhole(isRead: isRead, migrates: migrates)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    init(_ error: StorageError) {
        self.init(error.description, hint: error.hint)
    }
}
