// SPDX-License-Identifier: Apache-2.0

#if Upload
import Modules
import TelemetryUpload

/// SIGINT, SIGTERM and SIGHUP as the end of the running transfer instead of the end of the process.
enum Interruption {
    /// A cancellation that the first of the signals utters.
    static func becomingCancellation() throws(SystemError) -> Cancellation {
        // Blocks the signals here, and so in every thread that starts from now on.
        _ = try TerminationSignals()
        let cancellation = Cancellation()
        try DetachedThread.start {
            guard let signals = try? TerminationSignals(), (try? signals.wait()) != nil else {
                return
            }
            cancellation.cancel()
        }
        return cancellation
    }
}
#endif
