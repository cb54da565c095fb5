// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
public import Telemetry

extension TelemetrySetup {
    /// The lock of whoever uploads from any folder of this home.
    public var uploadLock: String { "\(home.path)/upload.lock" }

    /// The processes that upload from this home, or wait to; empty where that can't be seen.
    public var uploaders: [Int32] {
        ProcessTable.holding([uploadLock, TelemetryDirectory(place).uploadLock])
    }

    /// What stands in the place of a lock of uploads and is none: that of the home, without which
    /// nothing leaves, and that of the configured folder; each nil where nothing does.
    public var falseLocks: (home: TelemetryError?, folder: TelemetryError?) {
        (
            FalseLock.error(at: uploadLock, seams),
            FalseLock.error(at: TelemetryDirectory(place).uploadLock, seams)
        )
    }

    /// What is said of another folder whose waits can't be read.
    public static func waitsUnseen(_ failure: CommandFailure) -> String {
        "a folder can't be read, from which something may have left: batches wait for six hours "
            + "from when that was found: \(failure.message)"
    }
}
