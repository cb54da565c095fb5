// SPDX-License-Identifier: Apache-2.0

import Catalogue
import HTTPServing
import Modules
import OTLP
import Telemetry
import TelemetryUpload

/// A batch that the collector took.
struct Taken {
    let installation: String
    /// The numbers of its events, unless it is coarse.
    let numbers: [Int]
    /// How many numbered events it holds.
    let count: Int
}

/// Remembers what was shown and what left, and compares.
struct Observer {
    /// The digest of each batch that was shown or left.
    private var digests: [String: String] = [:]
    /// Under which identifier each event's number left, and in which batch.
    private var places: [Int: (installation: String, uid: String)] = [:]
    /// What the collector took, by batch.
    private(set) var taken: [String: Taken] = [:]
    /// Batches of which the collector refused nothing.
    private var counted: Set<String> = []
    /// The installations whose erasure the collector confirmed.
    private(set) var erased: Set<String> = []
    /// Batches that left.
    private var left: Set<String> = []
    /// Batches that a person released, or may have released when a fault came between.
    private var released: Set<String> = []
    /// Batches that a person withheld, or from which something was dropped.
    private var withdrawn: Set<String> = []
    /// How many requests left.
    var requests = 0

    /// A batch was shown to the person.
    mutating func showed(_ uid: String, _ sha256: String) -> Violation? {
        if let known = digests[uid], known != sha256 {
            return Violation(.bytes, "batch \(uid) was shown in two forms")
        }
        digests[uid] = sha256
        return nil
    }

    /// A person let a batch go.
    mutating func release(_ uid: String) { released.insert(uid) }

    /// A person kept a batch back.
    mutating func withdraw(_ uid: String) { withdrawn.insert(uid) }

    /// Whether a request with this batch was seen.
    func hasLeft(_ uid: String) -> Bool { left.contains(uid) }

    /// A batch left. Events in a coarse one can't be told apart.
    ///
    /// - Parameters:
    ///   - needsRelease: nothing may leave now for the first time that was not released.
    ///   - leaves: whether it finds a connection; without one it may go anew in another form.
    mutating func see(
        _ delivery: Delivery, needsRelease: Bool, leaves: Bool
    ) -> [Violation] {
        var found: [Violation] = []
        if needsRelease, !left.contains(delivery.uid), !released.contains(delivery.uid) {
            found.append(Violation(.review, "batch \(delivery.uid) left without a release"))
        }
        if withdrawn.contains(delivery.uid) {
            found.append(Violation(.review, "batch \(delivery.uid) left though it was kept back"))
        }
        guard leaves else { return found }
        left.insert(delivery.uid)
        if let known = digests[delivery.uid], known != delivery.sha256 {
            found.append(Violation(.bytes, "batch \(delivery.uid) left in another form"))
        }
        digests[delivery.uid] = delivery.sha256
        for number in delivery.numbers {
            if let place = places[number] {
                if place.installation != delivery.installation {
                    found.append(Violation(.identity, "event \(number) left under two identifiers"))
                }
                if place.uid != delivery.uid {
                    found.append(Violation(.once, "event \(number) left in two batches"))
                }
            }
            places[number] = (delivery.installation, delivery.uid)
        }
        return found
    }

    /// Whether nothing of a request may be counted any more: its batch was, or what it belongs to
    /// was erased.
    func isCounted(_ request: UploadRequest) -> Bool {
        guard request.method == "POST", let delivery = Delivery(request) else { return false }
        return counted.contains(delivery.uid) || erased.contains(delivery.installation)
    }

    /// The collector answered.
    mutating func note(_ request: UploadRequest, _ response: HTTPResponse) {
        if request.method == "DELETE" {
            if response.status == .noContent, let id = request.installation { erased.insert(id) }
            return
        }
        guard response.status == .ok, let delivery = Delivery(request) else { return }
        let verdict = ResponseVerdict.judge(
            .answered(UploadResponse(response)), now: Timestamp(nanoseconds: 0))
        // Nothing is kept of a batch of a day that is not open: it may be counted when it is.
        if case .accepted(rejectedRecords: 0, _) = verdict { counted.insert(delivery.uid) }
        taken[delivery.uid] = Taken(
            installation: delivery.installation, numbers: delivery.numbers,
            count: delivery.records.count { $0.eventName == Ground.tick.definition.name })
    }
}
