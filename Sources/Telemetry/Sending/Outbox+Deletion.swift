// SPDX-License-Identifier: Apache-2.0

import Modules

extension GateReader {
    /// Whether a deletion or a change of identifier has begun and is not finished, or that can't be
    /// seen: nothing goes any more under the identifier that is to end.
    var isEnding: Bool {
        [directory.deletionIntent, directory.rotationIntent].contains { intent in
            do throws(SystemError) {
                return try seams.files.status(of: intent) != nil
            } catch {
                return true
            }
        }
    }
}

extension Outbox {
    /// Does the rest of a deletion that began while this outbox was open and got no further, as
    /// whatever comes next does. Throws if that can't be done, and nothing leaves.
    func endDeletion() throws {
        guard gate.isEnding else { return }
        try TelemetryControl(of: gate, catalogue: sealer.catalogue).finishDeletion()
    }
}
