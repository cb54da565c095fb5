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
    /// Names that many machines have, those of Debian's own accounts among them.
    private static let common: Set<String> = [
        "root", "user", "admin", "guest", "nobody", "daemon", "service", "system", "host", "linux",
        "debian", "ubuntu", "fedora", "localhost", "server", "client", "test", "build", "runner",
        "default", "docker", "container", "unknown", "none", "arpguard", "telemetry", "home",
        "www", "data", "network", "systemd", "mail", "backup", "proxy", "web", "node",
    ]

    private let read: @Sendable () -> [String]
    private let names = Mutex<[[UInt8]]?>(nil)

    /// - Parameter read: host and account names as the machine tells them.
    public init(_ read: @escaping @Sendable () -> [String]) { self.read = read }

    /// Whether an identifier has one of the names as a row of words, or holds a long one. Case and
    /// separators don't count, and a word begins at a capital too: `anna` is in `AnnaScanner`. A
    /// name with letters beyond ASCII is found as people write them there: `joerg`, `jorg`.
    public func occur(in identifier: String) -> Bool {
        let names = names.withLock { kept in
            if let kept { return kept }
            let prepared = Self.prepared(read())
            kept = prepared
            return prepared
        }
        guard !names.isEmpty else { return false }
        let text = JoinedWords(identifier)
        return names.contains { text.hold($0, alsoWithin: $0.count >= Self.withinWordsMin) }
    }

    /// Each name without its separators, and each of its parts: `annas-laptop.lan`, `Anna Muster`.
    private static func prepared(_ names: [String]) -> [[UInt8]] {
        var prepared: Set<String> = []
        for name in names {
            for text in ASCIILetters.spellings(of: name) {
                prepared.formUnion(parts(of: text))
                prepared.formUnion(parts(of: String(text.prefix { $0 != "." })))
            }
        }
        return prepared.filter {
            $0.utf8.count >= bytesMin && !common.contains($0) && !$0.utf8.allSatisfy { $0.isDigit }
        }.sorted().map { Array($0.utf8) }
    }

    /// The whole, what stands between separators, that without a number behind, and its words if it
    /// has no other digits: `Lena92`, `AnnasLaptop2`, but no letters out of an invented name.
    private static func parts(of text: String) -> Set<String> {
        let pieces = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        var parts = Set(pieces + [pieces.joined()])
        for piece in pieces {
            let letters = String(piece.prefix { $0.isLetter })
            guard piece.dropFirst(letters.count).allSatisfy(\.isNumber) else { continue }
            parts.formUnion(JoinedWords(letters).words + [letters])
        }
        return Set(parts.map { $0.lowercased() })
    }
}
