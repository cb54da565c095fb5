// SPDX-License-Identifier: Apache-2.0

#if Upload
import Dispatch
import Synchronization
import Telemetry

/// Ends a transfer on its way once consent is taken back, or another cause comes up.
final class ConsentWatch: Sendable {
    /// How often the gate is asked while something is on its way.
    private static let lookMilliseconds = 100

    /// The wish that ends the round's transfers: that of the caller, or of the gate.
    let cancellation = Cancellation()

    private let makeControl: @Sendable () -> TelemetryControl
    private let isOver = Mutex(false)

    init(_ makeControl: @escaping @Sendable () -> TelemetryControl, _ caller: Cancellation) {
        self.makeControl = makeControl
        caller.carry(to: cancellation)
    }

    /// Begins to look.
    func begin() {
        let again = DispatchTime.now() + .milliseconds(Self.lookMilliseconds)
        DispatchQueue.global().asyncAfter(deadline: again) { [self] in
            if isOver.withLock({ $0 }) { return }
            guard makeControl().causes(blocking: .sending).isEmpty else {
                return cancellation.cancel()
            }
            begin()
        }
    }

    /// Looks no more.
    func end() { isOver.withLock { $0 = true } }
}
#endif
