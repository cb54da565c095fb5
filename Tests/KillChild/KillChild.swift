// SPDX-License-Identifier: Apache-2.0

import Glibc
import KillKit
import SQLite

/// A process for the kill test: it does one thing until it is killed, or ends by itself.
@main
enum KillChild {
    static func main() throws {
        switch ChildOrder(CommandLine.arguments.dropFirst()) {
        case .record(let order): try Recording(order).run()
        case .lock(let folder): try lock(KillHome(folder))
        case .host(let folder, let events): try Host(KillHome(folder), events: events).run()
        case .together(let folder, let events, let isRacing):
            try Together(KillHome(folder), events: events, isRacing: isRacing).run()
        case nil: exit(64)
        }
    }

    /// Takes the store's write lock and stops, as a process does that somebody suspended.
    private static func lock(_ home: KillHome) throws {
        let database = try Connection(path: home.store, mode: .readWrite)
        try database.execute("BEGIN IMMEDIATE")
        say("locked")
        raise(SIGSTOP)
        withExtendedLifetime(database) {}
    }
}

/// Writes one line to standard output, in one call.
func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
}
