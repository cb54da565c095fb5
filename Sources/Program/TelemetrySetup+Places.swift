// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
public import Telemetry

extension TelemetrySetup {
    /// A folder that was agreed to, and is not there or not the same any more.
    public struct AwayPlace: Sendable {
        /// Where it was.
        public let path: String
        /// Whether another folder stands there now.
        public let isReplaced: Bool
        /// Whether that is the same one, in which another home with the same list has carried out a
        /// decision since, or which was put back as it was before one.
        public let isTaken: Bool
        /// Whether something that was decided is still to be done in it.
        public let isOwing: Bool
        /// What that means; "it" is the home first.
        public static var takenReason: String { TelemetryPlaces.takenReason }
        /// Where its mark stands now, since it was moved or copied; nil where none is known.
        public let newPath: String?
    }

    /// The folder of the data, by the configuration.
    public var place: String { config.storagePath ?? usualPlace }

    var usualPlace: String { home.path + "/telemetry" }

    var places: TelemetryPlaces { TelemetryPlaces(of: home, seams.files, seams.random) }

    /// The file that lists the folders other than the usual one.
    public var placesFile: String { places.path }

    /// Whether it is this home's usual folder. A link in its place leads to another.
    private func isUsual(_ folder: String) -> Bool {
        folder == usualPlace || (!isLink(usualPlace) && isSame(folder, usualPlace))
    }

    private func isLink(_ path: String) -> Bool {
        (try? seams.files.status(of: path)?.kind) == .link
    }

    func isSame(_ left: String, _ right: String) -> Bool {
        RealFileSystem.areSame(left, right)
    }

    /// What telemetry takes from outside in a folder, nil for the usual one: the list of folders
    /// has a say.
    public func seams(at folder: String?) -> TelemetrySeams {
        let folder = folder ?? usualPlace
        var seams = seams
        seams.obstacle = {
            places.obstacle(in: folder, isUsual: isUsual(folder), heedingDebts: heedsDebts)
        }
        seams.obstacleRemedy = { places.remedy(in: folder) }
        // One that can't be struck off now is by whoever began it, or done once more.
        seams.deletionBegins = { try? places.strike(.delete, at: folder) }
        seams.noStands = { try? places.strike(.disable, at: folder) }
        seams.isOthers = { places.isOthers(folder, isUsual: isUsual(folder)) }
        return seams
    }

    /// The same home with another folder of the data.
    public func at(_ folder: String) -> TelemetrySetup {
        var setup = self
        setup.config.storagePath = folder
        return setup
    }

    /// Makes a yes for the configured folder count, which is about to be said. No yes that stands
    /// there without being known here goes on with it: true where one was taken back. Of one that
    /// can't be read now none is made: it may be another home's.
    public func rememberPlace() throws(CommandFailure) -> Bool {
        try telling {
            try control().refuseForeign()
            if try places.toldMark(in: place) == nil && isUsual(place) {
                try settleUsual()
                return false
            }
            try places.follow(to: place)
            let failure = settle()
            let here = try places.all(at: place).filter(places.isThere)
            if here.contains(where: { !$0.owed.isEmpty }) {
                throw failure ?? stillOwed
            }
            var isTakenBack = false
            try places.remember(place) {
                try TelemetryDirectory(place).prepare(seams)
                try control().refuseUnread()
                isTakenBack = control().hasYes
                if control().agreedTerms != nil {
                    try control().disable()
                    try control().partFromIdentity()
                }
            }
            return isTakenBack
        }
    }

    /// Other folders of this home that are there, or can't be looked at, with what decides about
    /// each; and why those are not all, or nil if they are.
    public func otherPlaces() -> (
        places: [(path: String, control: TelemetryControl)], failure: CommandFailure?
    ) {
        do throws(CommandFailure) {
            return (others(among: try places.all()), nil)
        } catch {
            return (others(among: []), error)
        }
    }

    /// The folders of the list that are not there.
    func awayPlaces() throws(CommandFailure) -> [AwayPlace] {
        away(try places.all()) { _ in true }
    }

    /// The same without the configured one that a copy of this home decided about: what is in it is
    /// seen here, and why the yes in it counts no more is told with that.
    public func awayElsewhere() throws(CommandFailure) -> [AwayPlace] {
        try awayPlaces().filter { !($0.isTaken && !$0.isOwing && isSame($0.path, place)) }
    }

    /// Those of a list that are not there and fit. One that came back to where it was, with the
    /// mark that was drawn while it was elsewhere, is there by another line.
    func away(
        _ listed: [TelemetryPlaces.Place], where fits: (TelemetryPlaces.Place) -> Bool
    ) -> [AwayPlace] {
        let there = listed.filter(places.isThere)
        func isBack(_ place: TelemetryPlaces.Place) -> Bool {
            places.isTaken(place) && there.contains { isSame($0.path, place.path) }
        }
        return listed.filter { fits($0) && !places.isThere($0) && !isBack($0) }
            .map { away($0, among: listed) }
    }

    private func away(
        _ place: TelemetryPlaces.Place, among listed: [TelemetryPlaces.Place]
    ) -> AwayPlace {
        let new = listed.last { $0.isKin(place.mark) && places.isThere($0) }
        return AwayPlace(
            path: place.path, isReplaced: (try? seams.files.status(of: place.path)) != nil,
            isTaken: places.isTaken(place), isOwing: !place.owed.isEmpty, newPath: new?.path)
    }

    /// The usual folder and those of the list, as far as they are there and are neither the
    /// configured folder nor each other, whatever paths lead to them. A link can't be used: of
    /// paths to the same folder the one that is none counts.
    private func others(
        among listed: [TelemetryPlaces.Place]
    ) -> [(path: String, control: TelemetryControl)] {
        var known = [place]
        for path in listed.filter(places.isThere).map(\.path) + [usualPlace] {
            if let index = known.firstIndex(where: { isSame($0, path) }) {
                if isLink(known[index]) { known[index] = path }
            } else if isThere(path) {
                known.append(path)
            }
        }
        return known.filter { $0 != place }.map { ($0, at($0).control()) }
    }

    /// Whether a path leads to something, as far as that can be seen.
    private func isThere(_ path: String) -> Bool {
        do throws(SystemError) {
            guard let kind = try seams.files.status(of: path)?.kind else { return false }
            return kind != .link || isSame("\(path)/.", path)
        } catch {
            return true
        }
    }

    /// Whether the configured folder was agreed to, and is not there, or not the same.
    public var isOwnAway: Bool {
        let own = (try? places.all(at: place)) ?? []
        return !own.isEmpty && !own.contains(where: places.isThere)
    }
}
