// SPDX-License-Identifier: Apache-2.0

/// Where a ClickHouse store is: its servers, its database, and how it is spread.
///
/// Written as `http://[USER:PASSWORD@]HOST:PORT[,HOST:PORT...]/DATABASE[?cluster=NAME&quorum=N]`.
/// Several servers are ways to the same store: the next one is asked when one does not answer.
public struct ClickHouseAddress: Sendable, Equatable {
    /// Servers that one address may name.
    public static let serversMax = 64
    /// Replicas that an insert may have to reach.
    public static let quorumBounds = 1...16
    private static let nameBytesMax = 63

    /// The base URL of each server, such as `http://127.0.0.1:8123`.
    public let servers: [String]
    /// The database, an identifier.
    public let database: String
    /// The name of the cluster in the servers' configuration; nil for a single server.
    public let cluster: String?
    /// How many replicas of a shard have a row before it counts as kept; 1 without a cluster.
    public let quorum: Int
    let user: String?
    let password: String?

    /// Reads an address. The error says what is wrong with it, without the password.
    public init(_ text: String) throws(StorageError) {
        guard let scheme = ["http://", "https://"].first(where: { text.hasPrefix($0) }) else {
            throw Self.invalid("it begins with neither http:// nor https://")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest.dropFirst(authority.count)
        let path = tail.prefix { $0 != "?" }
        let options = try Self.options(tail.dropFirst(path.count + 1))
        let name = path.dropFirst()
        database = try Self.identifier(name.isEmpty ? "arpguard" : name, "database")
        cluster = try options["cluster"].map { name throws(StorageError) in
            try Self.identifier(name, "cluster")
        }
        quorum = try Self.quorum(options["quorum"], hasCluster: cluster != nil)
        let hosts: Substring
        if let at = authority.lastIndex(of: "@") {
            let parts = authority[..<at].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = String(parts[0])
            password = parts.count > 1 ? String(parts[1]) : ""
            hosts = authority[authority.index(after: at)...]
        } else {
            (user, password, hosts) = (nil, nil, authority)
        }
        servers = try hosts.split(separator: ",", omittingEmptySubsequences: false)
            .map { host throws(StorageError) in try Self.server(host, scheme) }
        guard servers.count <= Self.serversMax else {
            throw Self.invalid("it names more than \(Self.serversMax) servers")
        }
    }

    private static func server(_ text: Substring, _ scheme: String) throws(StorageError) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isHost =
            text.hasPrefix("[")
            ? text.contains("]")
            : parts.count <= 2
                && parts[0].utf8.allSatisfy { $0.isLetterOrDigit || [0x2D, 0x2E].contains($0) }
        let port = text.last == "]" || parts.count == 1 ? "8123" : parts.last ?? ""
        guard isHost, !parts[0].isEmpty, let number = UInt16(port), number > 0,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw invalid("'\(text)' is no HOST:PORT") }
        return text.last == "]" || parts.count == 1 ? "\(scheme)\(text):8123" : scheme + text
    }

    private static func options(_ text: Substring) throws(StorageError) -> [String: Substring] {
        var options: [String: Substring] = [:]
        for option in text.split(separator: "&") {
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["cluster", "quorum"].contains(parts[0]),
                options.updateValue(parts[1], forKey: String(parts[0])) == nil
            else { throw invalid("'\(option)' is neither cluster=NAME nor quorum=N") }
        }
        return options
    }

    private static func quorum(
        _ text: Substring?, hasCluster: Bool
    ) throws(StorageError) -> Int {
        guard let text else { return hasCluster ? 2 : 1 }
        guard hasCluster, let number = Int(text), quorumBounds.contains(number) else {
            throw invalid("quorum is a number from 1 to 16, and needs a cluster")
        }
        return number
    }

    private static func identifier(
        _ text: Substring, _ what: String
    ) throws(StorageError) -> String {
        guard let first = text.utf8.first, first.isLetterOrDigit, !(0x30...0x39).contains(first),
            text.utf8.count <= nameBytesMax,
            text.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == 0x5F })
        else { throw invalid("the \(what) is no word of letters, digits and underscores") }
        return String(text)
    }

    private static func invalid(_ why: String) -> StorageError {
        StorageError(
            .unreachable, "the address of the ClickHouse store can't be used: \(why)",
            hint: "write clickhouse:http://HOST:8123/DATABASE, for a cluster ?cluster=NAME after it"
        )
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self & 0xDF)
    }
}
