// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Modules
import Program
import Telemetry
import TelemetryUpload

/// SIGINT and SIGTERM as the end of the running transfer instead of the end of the process.
enum Interruption {
    /// How often the gate is asked while something is on its way.
    private static let lookMilliseconds = 100

    /// A cancellation that the first of the signals utters.
    static func becomingCancellation() throws(SystemError) -> Cancellation {
        // Blocks the signals here, and so in every thread that starts from now on.
        _ = try TerminationSignals()
        let cancellation = Cancellation()
        DispatchQueue.global().async {
            guard let signals = try? TerminationSignals(), (try? signals.wait()) != nil else {
                return
            }
            cancellation.cancel()
        }
        return cancellation
    }

    /// Ends a transfer on its way once consent is taken back, or another cause comes up.
    static func whenSendingIsBlocked(_ setup: TelemetrySetup, _ cancellation: Cancellation) {
        let again = DispatchTime.now() + .milliseconds(lookMilliseconds)
        DispatchQueue.global().asyncAfter(deadline: again) {
            guard setup.control().causes(blocking: .sending).isEmpty else {
                return cancellation.cancel()
            }
            whenSendingIsBlocked(setup, cancellation)
        }
    }
}
