// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
import Telemetry

extension TelemetrySetup {
    /// The lock of whoever uploads from any folder of this home.
    public var uploadLock: String { "\(home.path)/upload.lock" }

    /// The processes that upload from this home, or wait to; empty where that can't be seen.
    public var uploaders: [Int32] {
        ProcessTable.holding([uploadLock, TelemetryDirectory(place).uploadLock])
    }

    /// What stands in the place of locks of uploads and is none.
    public var falseLocks: FalseLocks {
        func fault(in folder: String) -> TelemetryError? {
            FalseLock.error(at: TelemetryDirectory(folder).uploadLock, seams)
        }
        let home = FalseLock.error(at: uploadLock, seams)
        let owing = allPlaces.filter { $0.control.pendingErasures != 0 }
        let erasing = owing.compactMap { fault(in: $0.path) }
        return FalseLocks(
            home: home, folder: fault(in: place), erasing: erasing,
            areAllErasing: home != nil || !owing.isEmpty && erasing.count == owing.count)
    }

    /// What is said of another folder whose waits can't be read.
    public static func waitsUnseen(_ failure: CommandFailure) -> String {
        "a folder can't be read, from which something may have left: batches wait for six hours "
            + "from when that was found: \(failure.message)"
    }
}
