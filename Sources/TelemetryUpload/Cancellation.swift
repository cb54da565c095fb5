// SPDX-License-Identifier: Apache-2.0

#if Upload
private import CCurl
import Synchronization

/// A wish to end a transfer at once, which any thread may utter, before or while it runs.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        /// The multi handle that waits, as an address; nil while none does.
        var waiting: UInt?
        /// Wishes that are uttered with this one.
        var followers: [Cancellation] = []
    }

    private let state = Mutex(State())

    /// A wish not uttered yet.
    public init() {}

    /// Whether `cancel` was called.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Ends the running transfer, if any, and all later ones that ask this value.
    public func cancel() {
        let followers = state.withLock { state in
            state.isCancelled = true
            wake(state)
            return state.followers
        }
        for follower in followers { follower.cancel() }
    }

    /// Utters `other` too, now or when this wish is uttered.
    func carry(to other: Cancellation) {
        let isCancelled = state.withLock { state in
            state.followers.append(other)
            return state.isCancelled
        }
        if isCancelled { other.cancel() }
    }

    private func wake(_ state: State) {
        guard let address = state.waiting,
            let multi = unsafe UnsafeMutableRawPointer(bitPattern: address)
        else { return }
        // The handle lives: it is taken back under this lock before it is freed. Waking is the
        // one call that libcurl allows from another thread.
        _ = unsafe curl_multi_wakeup(multi)
    }

    /// Makes `cancel` wake `multi` for as long as `body` runs.
    func waking<Result>(_ multi: UnsafeMutableRawPointer, _ body: () -> Result) -> Result {
        state.withLock { $0.waiting = UInt(bitPattern: multi) }
        defer { state.withLock { $0.waiting = nil } }
        return body()
    }
}
#endif
