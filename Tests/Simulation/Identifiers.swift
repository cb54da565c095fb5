// SPDX-License-Identifier: Apache-2.0

import Hashing
import Telemetry
import TelemetryUpload

/// What an observer knows of the identifiers of one home: which stands, which are over, what left
/// under each, and where each has to be erased.
struct Identifiers {
    /// The one that stands.
    private(set) var current: String?
    /// Those that were given up.
    private(set) var ended: Set<String> = []
    /// The addresses of the erasures that are owed once an identifier is over, with its own.
    private var owed: [String: String] = [:]
    /// The addresses after whose answer nobody has to ask again.
    private var settled: Set<String> = []
    /// Those of another machine, from which the home was copied.
    private var abandoned: Set<String> = []
    /// Under which identifier each telling value left.
    private var owners: [String: String] = [:]
    /// The hash of each identifier's secret, as batches announced it.
    private var secretHashes: [String: String] = [:]

    /// The identifier that stands now; true if it is another one.
    mutating func see(_ now: String?) -> Bool {
        guard now != current else { return false }
        if let current { ended.insert(current) }
        current = now
        return true
    }

    /// The home goes on on another machine: what was sent under its identifier is to be erased from
    /// the old one, and this one never sends under it, nor asks.
    mutating func abandon() {
        guard let current else { return }
        abandoned.insert(current)
        owed = owed.filter { $0.value != current }
    }

    /// A batch is about to leave.
    ///
    /// - Parameter place: below which address its identifier can be erased once it left; nil for
    ///   nowhere, or if it finds no connection.
    mutating func left(_ delivery: Delivery, erasedAt place: String?) -> [Violation] {
        let id = delivery.installation
        var found: [Violation] = []
        if ended.contains(id) || abandoned.contains(id) || id != current {
            found.append(Violation(.identity, "batch \(delivery.uid) left under \(id), given up"))
        }
        for value in delivery.tellingValues {
            if let owner = owners[value], owner != id {
                found.append(Violation(.identity, "\(value) left under two identifiers"))
            }
            owners[value] = id
        }
        if let place { owed["\(place)/\(id)"] = id }
        secretHashes[id] = delivery.secretHash ?? secretHashes[id]
        return found
    }

    /// A request for erasure left.
    func asks(_ request: UploadRequest) -> Violation? {
        guard let id = request.installation, ended.contains(id), !abandoned.contains(id) else {
            return Violation(.erasure, "\(request.url) was asked for, and it was not given up")
        }
        guard let secret = request.secret else {
            return Violation(.erasure, "\(request.url) was asked for without a secret")
        }
        let hash = Hex.encode(SHA256.hash(Array(secret.utf8)))
        guard secretHashes[id].map({ $0 == hash }) ?? true else {
            return Violation(.erasure, "\(request.url) was asked for with another secret")
        }
        return nil
    }

    /// An erasure was confirmed, or can't be had there.
    mutating func settle(_ url: String) { settled.insert(url) }

    /// What is wrong with the list of pending erasures.
    ///
    /// - Parameter isEnding: the giving up of the identifier began and is not finished.
    func problem(with pending: [(id: String, url: String)], isEnding: Bool) -> Violation? {
        let urls = Set(pending.map(\.url))
        for (url, id) in owed
        where ended.contains(id) && !settled.contains(url) && !urls.contains(url) {
            return Violation(.erasure, "\(url) is owed, and nobody will ask for it")
        }
        if !isEnding, let early = pending.first(where: { $0.id == current }) {
            return Violation(.erasure, "\(early.url) is to be erased, and it stands")
        }
        return nil
    }
}

extension UploadRequest {
    /// The installation that a request for erasure names.
    var installation: String? { url.path.split(separator: "/").last.map { String($0) } }

    /// The secret that it shows.
    var secret: String? {
        let value = headers.first { $0.name == "Authorization" }?.value
        guard let value, value.hasPrefix("Bearer ") else { return nil }
        return String(value.dropFirst("Bearer ".count))
    }
}
