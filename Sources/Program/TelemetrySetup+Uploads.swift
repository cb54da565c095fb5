// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import Modules
import Telemetry

extension TelemetrySetup {
    /// The lock of whoever uploads from any folder of this home.
    public var uploadLock: String { "\(home.path)/upload.lock" }

    /// The processes that upload from this home, or wait to; empty where that can't be seen.
    public var uploaders: [Int32] {
        ProcessTable.holding([uploadLock, TelemetryDirectory(place).uploadLock])
    }

    /// When an upload that nobody types asks for the first erasure; nil where one may now.
    public var erasuresDue: Timestamp? {
        uploadAgenda().erasureAt.flatMap { $0 > seams.clock.now() ? $0 : nil }
    }

    /// What stands in the place of locks and is none.
    public var falseLocks: FalseLocks {
        func fault(in folder: String) -> TelemetryError? {
            FalseLock.error(at: TelemetryDirectory(folder).uploadLock, seams)
        }
        func other(_ lock: String) -> TelemetryError? {
            FalseLock.error(at: lock, seams, hint: FalseLock.generalHint)
        }
        let home = FalseLock.error(at: uploadLock, seams)
        let all = allPlaces
        let owing = all.filter { $0.control.pendingErasures != 0 || hasBegun($0.control) }
        let erasing = owing.compactMap { place in
            fault(in: place.path) ?? other(TelemetryDirectory(place.path).erasuresLock)
        }
        return FalseLocks(
            home: home, folder: fault(in: place), erasing: erasing,
            areAllErasing: home != nil || !owing.isEmpty && erasing.count == owing.count,
            deciding: all.compactMap { other(TelemetryDirectory($0.path).changeLock) })
    }

    /// What is said of another folder whose waits can't be read.
    public static func waitsUnseen(_ failure: CommandFailure) -> String {
        "a folder can't be read, from which something may have left: batches wait for six hours "
            + "from when that was found: \(failure.message)"
    }
}
