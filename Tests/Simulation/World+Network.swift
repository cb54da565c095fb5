// SPDX-License-Identifier: Apache-2.0

import Catalogue
@testable import Collector
import HTTPServing
import Modules
import OTLP
import Telemetry
@testable import TelemetryUpload
import TestKit

extension World {
    /// As many requests as the network can hold back.
    private static let delayedMax = 8

    /// What the way is like for a request; counted.
    func weatherNow(for request: UploadRequest) -> Weather {
        let now = draw.chance(80) ? weather : .fine
        let kind = request.method == "POST" ? \Weathers.batches : \Weathers.erasures
        weathers[keyPath: kind][now, default: 0] += 1
        return now
    }

    /// The collector takes a request and answers.
    func deliver(_ request: UploadRequest) -> UploadResponse {
        guard let routes = try? intake() else { return UploadResponse(status: 503) }
        let isCounted = observer.isCounted(request) && !isDamaged
        let before = isCounted ? countedEvents : nil
        let response = routes.respond(to: HTTPRequest(request))
        observer.note(request, response)
        // By the batch's own identifier, whether its events can be told apart or not.
        if isCounted, before != countedEvents {
            broke(.once, "a batch that came again was counted again")
        }
        return UploadResponse(response)
    }

    /// The network keeps a request for later, and loses one if it holds too many.
    func delay(_ request: UploadRequest) {
        if delayed.count == Self.delayedMax { delayed.removeFirst() }
        delayed.append(request)
    }

    /// One of the requests that were kept arrives, in any order.
    func deliverLate() -> Bool {
        guard !delayed.isEmpty else { return false }
        _ = deliver(delayed.remove(at: draw.below(delayed.count)))
        return true
    }

    /// What the home hears of its request.
    func heard(_ request: UploadRequest, _ outcome: TransferOutcome) {
        guard request.method == "DELETE", case .answered(let response) = outcome,
            [204, 404].contains(response.status)
        else { return }
        identifiers.settle(request.url.description)
    }

    /// Performs the transfer of a batch. What it rested on may end meanwhile; whoever watches over
    /// it may be fast enough to cut it off then.
    func transferring(
        _ standing: BatchStanding, _ transfer: () -> TransferOutcome
    ) -> TransferOutcome {
        let generation = model.generation
        let outcome = transfer()
        if !standing.holds, draw.chance(50) {
            return .failed(
                TransferFailure(.cancelled, "cut off", mayHaveSent: outcome.mayHaveLeft))
        }
        if case .answered(let response) = outcome, generation == model.generation,
            let seconds = response.header("Retry-After").flatMap({ Int64($0) })
        {
            patience = (clock.now().advanced(bySeconds: seconds), generation)
        }
        return outcome
    }

    /// Looks at a request on its way, before the collector or the weather has it.
    ///
    /// - Parameters:
    ///   - before: the methods of what its connection carried already.
    ///   - leaves: whether it finds a connection.
    func watch(_ request: UploadRequest, after before: [String], leaves: Bool) {
        observer.requests += 1
        if policyStands || !environment.isEmpty {
            broke(.consent, "\(request.url) was asked, and a no stood against it")
        }
        guard request.method == "POST" else {
            if !before.isEmpty { broke(.identity, "an erasure shares its connection") }
            if let problem = identifiers.asks(request), !isDamaged { violations.append(problem) }
            return
        }
        // A small home may have given up the batch that was put off.
        if let patience, patience.generation == model.generation, clock.now() < patience.until,
            !isDamaged, !isSmall
        {
            broke(.patience, "a batch left before \(patience.until)")
        }
        if before.contains("DELETE") { broke(.identity, "a batch follows an erasure") }
        guard let delivery = Delivery(request) else {
            return broke(.bytes, "a request that can't be decoded left")
        }
        guard let yes = model.yes, config.enabled != false else {
            return broke(.consent, "batch \(delivery.uid) left without a yes")
        }
        if yes.origin != Endpoint(delivery.url)?.origin {
            broke(.consent, "batch \(delivery.uid) left for \(delivery.url)")
        }
        if !mayHaveBegun, !observer.hasLeft(delivery.uid) { checkForm(delivery) }
        violations += observer.see(
            delivery, needsRelease: config.uploadReview == .manual && !mayHaveBegun,
            leaves: leaves)
        violations += identifiers.left(
            delivery, erasedAt: leaves ? config.erasureEndpoint?.description : nil)
        check(delivery, yes)
    }

    /// What begins to leave has the address and the form that are configured now.
    private func checkForm(_ delivery: Delivery) {
        if delivery.url != config.uploadEndpoint?.description {
            broke(.bytes, "batch \(delivery.uid) left for \(delivery.url) of before")
        }
        if config.anonymizeData, !delivery.isCoarse {
            broke(.bytes, "batch \(delivery.uid) left as fine as was configured before")
        }
    }

    private func check(_ delivery: Delivery, _ yes: Model.Yes) {
        if yes.isAnonymous, !delivery.isCoarse {
            broke(.catalogue, "batch \(delivery.uid) is finer than was agreed to")
        }
        for text in Ground.personal where delivery.holds(text) {
            broke(.catalogue, "\(text) left in batch \(delivery.uid)")
        }
        for record in delivery.records where record.eventName == Ground.tick.definition.name {
            let number = record.attributes.value(for: "number")?.intValue.map { Int($0) } ?? 0
            let holdsExtra = record.attributes.value(for: "extra") != nil
            if holdsExtra, yes.version < 2 {
                broke(.catalogue, "extra left in event \(number)")
            }
            // What was made coarse has no number any more.
            guard !delivery.isCoarse, !isDamaged else { continue }
            guard let fate = model.events[number] else {
                broke(.consent, "event \(number) left, and was never accepted")
                continue
            }
            if fate.generation < model.oldestStanding {
                broke(
                    .epoch, "event \(number) of \(fate.generation) left in \(model.generation)")
            }
        }
    }
}

/// How often each weather was met, by what met it.
package struct Weathers: Sendable {
    /// Batches.
    package var batches: [Weather: Int] = [:]
    /// Requests for erasure.
    package var erasures: [Weather: Int] = [:]

    mutating func add(_ other: Weathers) {
        batches.merge(other.batches, uniquingKeysWith: +)
        erasures.merge(other.erasures, uniquingKeysWith: +)
    }
}
