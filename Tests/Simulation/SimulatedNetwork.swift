// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization
import TelemetryUpload

/// What the way to the collector is like.
package enum Weather: String, CaseIterable, Sendable {
    /// Nothing gets lost.
    case fine
    /// Nobody listens.
    case refused
    /// What is sent never arrives.
    case requestLost
    /// It arrives, and the answer does not come back.
    case replyLost
    /// It arrives much later, perhaps after what is sent later.
    case delayed
    /// It arrives twice.
    case duplicated
    /// Somebody else answers: 503, 429, 500, 404, or what is no answer.
    case overloaded, limited, failing, missing, garbage
}

/// The way to the collector, one connection of it. Requests go straight to its handler, or are lost
/// as the weather says.
final class SimulatedNetwork: UploadTransport {
    private let world: World
    /// The methods of what the connection carried.
    private let carried = Mutex<[String]>([])

    init(of world: World) { self.world = world }

    func perform(_ request: UploadRequest) -> TransferOutcome {
        let before = carried.withLock { carried in
            defer { carried.append(request.method) }
            return carried
        }
        let weather = world.weatherNow(for: request)
        world.watch(request, after: before, leaves: weather != .refused)
        if request.method == "POST" { world.meanwhile() }
        let outcome = outcome(of: request, in: weather)
        world.heard(request, outcome)
        return outcome
    }

    private func outcome(of request: UploadRequest, in weather: Weather) -> TransferOutcome {
        switch weather {
        case .fine: return .answered(world.deliver(request))
        case .refused: return .failed(TransferFailure(.connect, "connection refused"))
        case .requestLost: return .failed(TransferFailure(.timeout, "no answer in time"))
        case .replyLost:
            _ = world.deliver(request)
            return .failed(TransferFailure(.closed, "the connection ended"))
        case .delayed:
            world.delay(request)
            return .failed(TransferFailure(.timeout, "no answer in time"))
        case .duplicated:
            _ = world.deliver(request)
            return .answered(world.deliver(request))
        case .overloaded: return patience(503, seconds: 120)
        case .limited: return patience(429, seconds: 4000)
        case .failing: return .answered(UploadResponse(status: 500))
        case .missing: return .answered(UploadResponse(status: 404))
        case .garbage: return .failed(TransferFailure(.malformed, "what came was not HTTP"))
        }
    }

    /// An answer that asks to be left alone for a while.
    private func patience(_ status: Int, seconds: Int) -> TransferOutcome {
        .answered(
            UploadResponse(status: status, headers: [UploadHeader("Retry-After", "\(seconds)")]))
    }
}
