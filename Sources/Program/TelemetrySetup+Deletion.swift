// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import Telemetry

extension TelemetrySetup {
    /// Deletes everything that telemetry recorded in this home, wherever that is, in each folder
    /// whatever becomes of the others.
    public func deleteData() -> Reach<DeletionOutcome> {
        reach(.delete) { try $0.deleteData(noting: &$1) }
    }

    /// Changes the identifier in the configured folder. One that is put back as it was before is
    /// this home's no more, and sends nothing under the identifier that ended.
    ///
    /// - Returns: what was done, and why the folder could not be told from such a copy; nil where
    ///   it can be, or is the usual one, which is told from none.
    public func rotateID() throws -> (RotationOutcome, unmarked: CommandFailure?) {
        // Who ends a change that was cut short draws no mark. What fails here fails below too.
        _ = attempt { try places.renewMark(at: place) }
        let outcome = try control().rotateID()
        // A copy may have been made while this one waited for others.
        return (outcome, attempt { try places.renewMark(at: place) })
    }

    /// The same deletion, after others went on with it unheard: where they ended it, it has not
    /// failed. Where it had not begun, and is owed still, what has ended there is another one.
    public func completed(_ reach: Reach<DeletionOutcome>) -> Reach<DeletionOutcome> {
        var (ends, undone): ([DeletionOutcome], [Undone]) = ([], [])
        for place in reach.undone {
            if isMeant(place), let end = try? at(place.path).control().takeEnd() {
                ends.append(end)
            } else {
                undone.append(place)
            }
        }
        return Reach(
            outcomes: reach.outcomes + ends, absent: reach.absent, undone: undone,
            unreached: reach.unreached)
    }

    /// Whether what has ended in a folder since is the deletion that failed there.
    private func isMeant(_ place: Undone) -> Bool {
        place.isBegun || place.isOwed && !places.owes(.delete, at: place.path)
    }

    /// Whether a deletion has begun in a folder, whichever: whoever comes next finishes it.
    func hasBegun(_ control: TelemetryControl) -> Bool {
        (try? control.isDeletionBegun) ?? false
    }
}
