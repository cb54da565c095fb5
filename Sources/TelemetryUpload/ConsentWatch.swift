// SPDX-License-Identifier: Apache-2.0

#if Upload
import Telemetry

/// Ends a transfer on its way once consent is taken back, or another cause comes up.
final class ConsentWatch: Sendable {
    /// How often the gate is asked while something is on its way.
    private static let lookMilliseconds = 100

    /// The wish that ends the round's transfers: that of the caller, or of the gate.
    let cancellation = Cancellation()

    private let makeControl: @Sendable () -> TelemetryControl
    private let waker = Waker()

    init(_ makeControl: @escaping @Sendable () -> TelemetryControl, _ caller: Cancellation) {
        self.makeControl = makeControl
        caller.carry(to: cancellation)
    }

    deinit { waker.end() }

    /// Begins to look.
    func begin() {
        waker.start(everyMilliseconds: Self.lookMilliseconds) {
            [makeControl, cancellation, waker] in
            if makeControl().causes(blocking: .sending).isEmpty { return }
            cancellation.cancel()
            waker.end()
        }
    }

    /// Looks no more.
    func end() { waker.end() }
}
#endif
