// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The names of this machine and of the person who works on it, which no identifier may hold.
///
/// They are read when an identifier is first compared; the shipped catalogue has none.
public final class OwnNames: Sendable {
    /// Shorter names stand in too many words.
    static let bytesMin = 3
    /// A name of this length is also found within a word.
    static let withinWordsMin = 6
    /// Names that every machine has.
    private static let common: Set<String> = [
        "root", "user", "admin", "guest", "nobody", "daemon", "service", "system", "host", "linux",
        "debian", "ubuntu", "fedora", "localhost", "server", "client", "test", "build", "runner",
        "default", "docker", "container", "unknown", "none", "arpguard", "telemetry", "home",
    ]

    private let read: @Sendable () -> [String]
    private let names = Mutex<[String]?>(nil)

    /// - Parameter read: host and account names as the machine tells them.
    public init(_ read: @escaping @Sendable () -> [String]) { self.read = read }

    /// Whether an identifier is one of the names, has one as a piece, or holds a long one. Case and
    /// separators don't count.
    public func occur(in identifier: String) -> Bool {
        let names = names.withLock { kept in
            if let kept { return kept }
            let prepared = Self.prepared(read())
            kept = prepared
            return prepared
        }
        guard !names.isEmpty else { return false }
        let pieces = Self.pieces(identifier)
        let whole = pieces.joined()
        return names.contains { name in
            whole == name || pieces.contains(name)
                || (name.utf8.count >= Self.withinWordsMin && whole.contains(name))
        }
    }

    /// Each name without its separators, and each of its parts: `annas-laptop.lan`, `Anna Muster`.
    private static func prepared(_ names: [String]) -> [String] {
        var prepared: Set<String> = []
        for name in names {
            let pieces = pieces(name)
            prepared.insert(pieces.joined())
            prepared.insert(Self.pieces(String(name.prefix { $0 != "." })).joined())
            prepared.formUnion(pieces)
        }
        return prepared.filter {
            $0.utf8.count >= bytesMin && !common.contains($0) && !$0.utf8.allSatisfy { $0.isDigit }
        }.sorted()
    }

    private static func pieces(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
