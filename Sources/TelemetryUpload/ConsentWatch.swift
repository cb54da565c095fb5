// SPDX-License-Identifier: Apache-2.0

#if Upload
import Synchronization
import Telemetry

/// Ends a transfer on its way once what it rests on has ended: the yes, or the identifier.
final class ConsentWatch: Sendable {
    /// How often the gate is asked while something is on its way.
    private static let lookMilliseconds = 100

    private struct State {
        /// What the batch on its way rests on; nil while none is.
        var standing: BatchStanding?
        /// What ends the transfers that begin now.
        var cancellation: Cancellation
    }

    private let caller: Cancellation
    private let state: Mutex<State>
    private let waker = Waker()

    init(_ caller: Cancellation) {
        self.caller = caller
        state = Mutex(State(cancellation: Self.wish(carriedFrom: caller)))
    }

    deinit { waker.end() }

    /// The wish that ends transfers: that of the caller, or while a batch is on its way the gate's.
    var cancellation: Cancellation { state.withLock { $0.cancellation } }

    /// Whether what the batch on its way rests on stands; true where none is. To be asked before
    /// its first byte leaves: this process may have stood still since anybody looked.
    var mayLeave: Bool { state.withLock { $0.standing }?.holds ?? true }

    /// Performs the transfer of a batch for as long as what it rests on stands.
    func watch(_ standing: BatchStanding, _ transfer: () -> TransferOutcome) -> TransferOutcome {
        state.withLock { $0.standing = standing }
        defer { state.withLock { $0.standing = nil } }
        waker.start(everyMilliseconds: Self.lookMilliseconds) { [weak self] in self?.look() }
        return transfer()
    }

    /// Looks no more.
    func end() { waker.end() }

    private func look() {
        guard let standing = state.withLock({ $0.standing }), !standing.holds else { return }
        let ended = state.withLock { state -> Cancellation? in
            // Another one may be on its way by now.
            guard let now = state.standing, now.isSame(as: standing) else { return nil }
            defer { state.cancellation = Self.wish(carriedFrom: caller) }
            return state.cancellation
        }
        ended?.cancel()
    }

    private static func wish(carriedFrom caller: Cancellation) -> Cancellation {
        let wish = Cancellation()
        caller.carry(to: wish)
        return wish
    }
}
#endif
