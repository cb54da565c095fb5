// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import Modules

extension Flag {
    static let store = Flag(
        "store", .string, value: "sqlite:PATH", default: "sqlite:arpguard-collector.sqlite",
        help: "The store")
}

extension Invocation {
    private static let scheme = "sqlite:"

    /// A store that is there, found to be whole.
    func openWholeStore() throws(CommandFailure) -> SQLiteStorage {
        let path = try storePath()
        do {
            let storage = try SQLiteStorage(
                path: path, create: false, random: SystemRandom(), fileSystem: RealFileSystem())
            try storage.check()
            return storage
        } catch {
            throw CommandFailure(error)
        }
    }

    func storePath() throws(CommandFailure) -> String {
        let text = command.string(.store) ?? "sqlite:arpguard-collector.sqlite"
        // A path alone is a SQLite store too, as long as it can't be taken for a scheme.
        let path = text.hasPrefix(Self.scheme) ? String(text.dropFirst(Self.scheme.count)) : text
        guard !path.isEmpty, text.hasPrefix(Self.scheme) || !path.contains(":") else {
            throw CommandFailure(
                "--store '\(text)' names no store", hint: "write --store=sqlite:PATH",
                status: .usage)
        }
        return path
    }
}

extension CommandFailure {
    init(_ error: StorageError) {
        self.init(error.description, hint: error.hint)
    }
}
