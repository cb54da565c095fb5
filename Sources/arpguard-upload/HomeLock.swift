// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import Modules
import Program
import Telemetry

#if Upload
extension TelemetrySetup {
    /// Runs `body` while no other process uploads from any folder of this home; nil where one does
    /// and goes on. In a home that can't be written each folder's own lock has to do; what stands
    /// in the place of the lock and is none is an error.
    func whileNoOtherUploads<Outcome>(
        waiting milliseconds: Int32, _ body: () throws -> Outcome?
    ) throws -> Outcome? {
        // Where nobody was ever asked not even a file is made.
        guard isAnyUsed else { return try body() }
        let lock: FileLock?
        do throws(SystemError) {
            lock = try seams.files.lock(uploadLock, waiting: milliseconds)
        } catch {
            guard error.code != EROFS, try seams.files.status(of: uploadLock) != nil else {
                return try body()
            }
            throw CommandFailure(
                "\(uploadLock) can't be locked: \(error)",
                hint: FalseLock.hint)
        }
        guard let lock else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    /// Whether any folder may have something to send.
    private var isAnyUsed: Bool {
        let control = control()
        return !control.causes(blocking: .recording).contains(.notAsked)
            || control.pendingErasures != 0 || !otherPlaces().places.isEmpty
    }
}
#endif
