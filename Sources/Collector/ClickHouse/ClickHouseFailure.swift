// SPDX-License-Identifier: Apache-2.0

/// Why a ClickHouse server did not do what was asked.
enum ClickHouseFailure: Error, Equatable {
    /// No whole answer came; it is not known whether the statement ran.
    case transport(String)
    /// The server answered with an error of its own.
    case server(code: Int, message: String)
    /// What came is not what was asked for.
    case malformed(String)

    /// The server's errors that pass by themselves while another insert or a replica catches up.
    private static let passing: Set<Int> = [
        60,  // UNKNOWN_TABLE: a server is still making the tables of a new store
        286,  // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert waits for its replicas
        289,  // REPLICA_IS_NOT_IN_QUORUM: this replica lags behind
        319,  // UNKNOWN_STATUS_OF_INSERT
    ]
    /// The error of a statement for all servers that not all of them ran in time.
    static let unfinished = 159  // TIMEOUT_EXCEEDED

    /// Whether the same statement may work in a moment.
    var isPassing: Bool {
        if case .server(let code, _) = self { Self.passing.contains(code) } else { false }
    }

    /// Whether another server may do what this one did not.
    var isOfOneServer: Bool {
        switch self {
        case .transport: true
        // NO_ZOOKEEPER, TABLE_IS_READ_ONLY, KEEPER_EXCEPTION
        case .server(let code, _): [225, 242, 289, 999].contains(code)
        case .malformed: false
        }
    }

    /// The error that a server wrote: `Code: 286, e.displayText() = ...`, or without a comma and
    /// ending in a full stop since then.
    static func server(saying text: String) -> ClickHouseFailure {
        let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber }
        guard text.hasPrefix("Code: "), let code = Int(digits) else {
            return .malformed("a server answered with something else than ClickHouse does")
        }
        return .server(code: code, message: String(summary(of: text)))
    }

    /// The error's own words on its first line, cut: a server repeats statements in it.
    private static func summary(of text: String) -> Substring {
        let line = text.prefix { $0 != "\n" }
        let words = line.split(separator: "DB::Exception: ", maxSplits: 1).last ?? line
        return words.prefix(160)
    }

    /// The same for whoever uses a storage.
    var storageError: StorageError {
        switch self {
        case .transport(let words):
            return StorageError(
                .unavailable, "ClickHouse can't be reached: \(words)",
                hint: "see whether its servers run, and what the address of the store names")
        case .server(let code, let message):
            let isAccess = [192, 193, 194, 497, 516].contains(code)
            return StorageError(
                isAccess ? .unreachable : .unavailable, "ClickHouse error \(code): \(message)",
                hint: isAccess
                    ? "give a user and password that may use the database"
                    : "see the state of its replicas and of ZooKeeper; senders try again later")
        case .malformed(let words):
            return StorageError(
                .damaged, words, hint: "see whether the address leads to ClickHouse's HTTP port")
        }
    }
}
