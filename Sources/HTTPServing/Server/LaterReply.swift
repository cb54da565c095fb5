// SPDX-License-Identifier: Apache-2.0

private import Dispatch
private import Synchronization

/// The place for an answer that is given after the handler returned, from any thread.
///
/// The first answer counts. A request that has none when its server stops is answered with 503.
public final class LaterReply: Sendable {
    /// Where the request stands.
    enum State: Sendable {
        /// The handler has not returned yet.
        case open
        /// The connection waits; the closure wakes it.
        case waiting(@Sendable () -> Void)
        /// The answer is there.
        case answered(HTTPResponse)
        /// The connection took the answer, or is gone.
        case closed
    }

    private let state: Mutex<State>

    /// Makes a place for a request that came without a connection.
    public init() {
        state = Mutex(.open)
    }

    /// Gives the answer and wakes the connection.
    public func send(_ response: HTTPResponse) {
        let wake: (@Sendable () -> Void)? = state.withLock { state in
            switch state {
            case .open:
                state = .answered(response)
                return nil
            case .waiting(let wake):
                state = .answered(response)
                return wake
            case .answered, .closed: return nil
            }
        }
        wake?()
    }

    /// Waits for the answer, where no connection does: in a program that calls a handler itself.
    public func wait() -> HTTPResponse {
        let arrived = DispatchSemaphore(value: 0)
        if let response = takeOrWait(suspend: {}, wake: { arrived.signal() }) { return response }
        arrived.wait()
        return take() ?? .text(.serviceUnavailable, "there is no answer")
    }

    /// The answer, if it is there; otherwise `suspend` runs, and `wake` once it is. Both run while
    /// no answer can come in between.
    func takeOrWait(
        suspend: () -> Void, wake: @escaping @Sendable () -> Void
    ) -> HTTPResponse? {
        state.withLock { state in
            if case .answered(let response) = state {
                state = .closed
                return response
            }
            suspend()
            state = .waiting(wake)
            return nil
        }
    }

    /// The answer for a connection that was woken.
    func take() -> HTTPResponse? {
        state.withLock { state in
            guard case .answered(let response) = state else { return nil }
            state = .closed
            return response
        }
    }
}
