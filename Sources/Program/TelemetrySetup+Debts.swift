// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
import Telemetry

extension TelemetrySetup {
    /// The same for work that carries a decision out: that it is owed keeps nothing back here.
    var carryingOut: TelemetrySetup {
        var setup = self
        setup.heedsDebts = false
        return setup
    }

    /// The usual folder, where it is there and no list knows it by a mark.
    var unlistedUsual: String? {
        do throws(SystemError) {
            guard try seams.files.status(of: usualPlace)?.kind == .folder else { return nil }
            return try places.mark(in: usualPlace) == nil ? usualPlace : nil
        } catch {
            return nil
        }
    }

    /// Carries out what was decided and not done, since a folder was not there or who decided ended
    /// before that, in those that are there; in each whatever becomes of the others. What failed
    /// first; nil if nothing did.
    public func settle() -> CommandFailure? { settle([.disable, .delete]) }

    /// The same of some decisions alone.
    func settle(_ decisions: Set<TelemetryPlaces.Owed>) -> CommandFailure? {
        var failure: CommandFailure?
        let unsettled = attempt {
            func owes(_ place: TelemetryPlaces.Place) -> Bool {
                place.owed.contains(where: decisions.contains)
            }
            guard try places.all().contains(where: owes) else { return }
            try places.settling { () throws(CommandFailure) in
                for place in try places.all() where owes(place) && places.isThere(place) {
                    let failed = attempt { try settle(place, decisions) }
                    failure = failure ?? failed
                }
            }
        }
        return unsettled ?? failure
    }

    private func settle(
        _ place: TelemetryPlaces.Place, _ decisions: Set<TelemetryPlaces.Owed>
    ) throws {
        // A mark that can't be read tells no folder from that of another home.
        if !place.isUnmarked { _ = try places.toldMark(in: place.path) }
        let control = carryingOut.at(place.path).control()
        // Others may have come to it since the list was read, and a yes after them.
        func isOwed(_ decision: TelemetryPlaces.Owed) -> Bool {
            decisions.contains(decision) && place.owed.contains(decision)
                && places.owes(decision, at: place.path)
        }
        if isOwed(.disable), try control.disableOwed(where: { isOwed(.disable) }) {
            try places.strike(.disable, at: place.path, mark: place.mark)
        }
        guard isOwed(.delete) else { return }
        // That strikes it off as soon as it has begun, whatever keeps it from its end.
        try control.deleteOwed { isOwed(.delete) }
        try places.strike(.delete, at: place.path, mark: place.mark)
    }

    /// Carries out what is owed to the usual folder, before a yes is said there. Where it is away
    /// nothing would tell it from the one that is made now, so that nothing is owed any more, which
    /// is said. Throws also where it can't be read whether anything is.
    func settleUsual() throws {
        guard try places.owesUnmarked() else { return }
        let failure = settle()
        if try places.forgetAwayUnmarked() {
            seams.logger.log(
                .warning,
                "what was decided for an earlier \(place), which is away, ends: decide once more "
                    + "if it comes back")
        }
        guard try places.owesUnmarked() else { return }
        throw failure ?? stillOwed
    }

    /// That nothing else is decided for the configured folder before what is owed is done.
    var stillOwed: CommandFailure {
        CommandFailure(TelemetryPlaces.stillOwed(place), hint: "try again")
    }
}
