// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Modules

/// A deletion, or a change of identifier, whose process ended before it was done: the next one does
/// the rest, before it records what would be deleted with it.
extension TelemetryModule {
    /// How long a host waits for that at its start, in milliseconds.
    private static let patienceMilliseconds = 250
    /// How long between two looks at whether somebody is at it.
    private static let lookMilliseconds = 10

    /// Begins to record, once nothing is left of a deletion, or somebody is still at it.
    ///
    /// - Parameter isPatient: whether the host waits for the rest of one as long as it takes;
    ///   recording begins by itself where it does not.
    func begin(isPatient: Bool) {
        let deadline = DispatchTime.now() + .milliseconds(Self.patienceMilliseconds)
        awaitDecision(until: deadline)
        guard isDeletionLeft, !isBeingDecided else { return recorder.refresh() }
        let done = DispatchGroup()
        queue.async(group: done) { [self] in
            finishDeletion()
            recorder.refresh()
        }
        guard !isPatient else { return done.wait() }
        _ = done.wait(timeout: deadline)
    }

    /// Waits for whoever ends a deletion: what is recorded before goes with it.
    private func awaitDecision(until deadline: DispatchTime) {
        while isDeletionLeft, isBeingDecided, DispatchTime.now() < deadline {
            usleep(UInt32(Self.lookMilliseconds) * 1000)
        }
    }

    /// Does the rest of a deletion that was cut short. Runs on the module's queue.
    func finishDeletion() {
        // Whoever decides now ends it before that, and nobody here waits for them.
        guard isDeletionLeft, !isBeingDecided else { return }
        do {
            try TelemetryControl(of: gate, catalogue: catalogue).finishDeletion()
        } catch {
            recorder.tell("\(error)")
        }
    }

    private var isDeletionLeft: Bool {
        [gate.directory.deletionIntent, gate.directory.rotationIntent].contains {
            (try? gate.seams.files.status(of: $0)) != nil
        }
    }

    private var isBeingDecided: Bool {
        (try? gate.seams.files.isLocked(gate.directory.changeLock)) ?? false
    }
}
