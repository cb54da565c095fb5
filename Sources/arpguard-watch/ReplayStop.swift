// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program

/// SIGINT, SIGTERM and SIGHUP as the end of reading instead of the end of the process: what was
/// found until then is told.
enum ReplayStop {
    /// How long a stopped replay may take to tell what it found, in milliseconds. Then the signal
    /// does what it would have done: a reader of the output may be stuck, or a file system. More
    /// than ``InputWatch`` takes for the rest of a stream.
    static let patienceMilliseconds: Int64 = 3_000

    /// Blocks the signals, for all threads that start from now on. The descriptor stays readable
    /// once one has come.
    static func signals() throws(CommandFailure) -> SignalDescriptor {
        do throws(SystemError) {
            let signals = try SignalDescriptor()
            try DetachedThread.start {
                _ = try? Poll.readable([signals.number], withinMilliseconds: -1)
                _ = try? Poll.readable([], withinMilliseconds: patienceMilliseconds)
                signals.letThrough()
            }
            return signals
        } catch {
            throw CommandFailure(signals: error)
        }
    }
}
