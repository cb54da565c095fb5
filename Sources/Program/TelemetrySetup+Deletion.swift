// SPDX-License-Identifier: Apache-2.0

public import Telemetry

extension TelemetrySetup {
    /// Deletes everything that telemetry recorded in this home, wherever that is, in each folder
    /// whatever becomes of the others.
    public func deleteData() -> Reach<DeletionOutcome> {
        reach(.delete) { try $0.deleteData() }
    }

    /// The same deletion, after others went on with it unheard: where they ended it, it has not
    /// failed.
    public func completed(_ reach: Reach<DeletionOutcome>) -> Reach<DeletionOutcome> {
        var (ends, undone): ([DeletionOutcome], [String]) = ([], [])
        for path in reach.undone {
            if let end = try? at(path).control().takeEnd() {
                ends.append(end)
            } else {
                undone.append(path)
            }
        }
        return Reach(
            outcomes: reach.outcomes + ends, absent: reach.absent, undone: undone,
            failed: undone.isEmpty ? nil : reach.failed, unreached: reach.unreached)
    }

    /// Whether a deletion has begun in a folder: whoever comes next finishes it, and none is owed
    /// to it.
    func hasBegun(_ control: TelemetryControl) -> Bool {
        (try? control.isDeletionBegun) ?? false
    }
}
