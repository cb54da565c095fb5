// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import Modules
public import Telemetry

extension TelemetrySetup {
    /// What became of a decision in all folders of a home.
    public struct Reach<Outcome: Sendable>: Sendable {
        /// The outcome in each folder where it was carried out.
        public let outcomes: [Outcome]
        /// What failed first; nil if nothing did.
        public let failure: CommandFailure?
        /// Folders that are not there: it is carried out as soon as they are seen.
        public let absent: [String]
    }

    /// The folder of the data, by the configuration.
    public var place: String { config.storagePath ?? usualPlace }

    private var usualPlace: String { home.path + "/telemetry" }

    private var places: TelemetryPlaces { TelemetryPlaces(of: home, seams.files) }

    /// Whether this home keeps a list for the folder. A link in the usual place leads to another.
    private func isListed(_ folder: String) -> Bool {
        if folder == usualPlace { return false }
        let kind = try? seams.files.status(of: usualPlace)?.kind
        return kind == .link || !isSame(folder, usualPlace)
    }

    /// What telemetry takes from outside in a folder, nil for the usual one: there the list of
    /// folders has a say.
    public func seams(at folder: String?) -> TelemetrySeams {
        var seams = seams
        if let folder, isListed(folder) {
            seams.obstacle = { [places] in places.obstacle(in: folder) }
        }
        return seams
    }

    /// Makes a yes for the configured folder count, which is about to be said. No yes that stands
    /// there without being known here goes on with it.
    public func rememberPlace() throws(CommandFailure) {
        guard isListed(place) else { return }
        let failure = settle()
        let here = try places.all(at: place).filter(places.isThere)
        if here.contains(where: { !$0.owed.isEmpty }) {
            throw failure
                ?? CommandFailure(
                    "what was decided for \(place) while it was away is still to be done",
                    hint: "try again")
        }
        if here.contains(where: { $0.mark != nil }) { return }
        try telling {
            try TelemetryDirectory(place).prepare(seams)
            if control().agreedTerms != nil { try control().disable() }
        }
        try places.remember(place, seams.random)
    }

    /// Other folders of this home that are there, or can't be looked at, with what decides about
    /// each.
    public func otherPlaces() throws(CommandFailure) -> [(path: String, control: TelemetryControl)]
    {
        others(among: try places.all())
    }

    /// The folders that are not there, and in which something is still to be done.
    public func owedPlaces() throws(CommandFailure) -> [String] {
        try places.all().filter { !$0.owed.isEmpty && !places.isThere($0) }.map(\.path)
    }

    /// The usual folder and those of the list, as far as they are there and are neither the
    /// configured folder nor each other, whatever paths lead to them.
    private func others(
        among listed: [TelemetryPlaces.Place]
    ) -> [(path: String, control: TelemetryControl)] {
        var known = [place]
        let all = [TelemetryPlaces.Place(path: usualPlace)] + listed
        return all.filter(places.isThere).map(\.path).compactMap { path in
            guard !known.contains(where: { isSame($0, path) }) else { return nil }
            known.append(path)
            return (path, control(at: path))
        }
    }

    private func control(at path: String) -> TelemetryControl {
        var config = config
        config.storagePath = path
        return control(config)
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        RealFileSystem.areSame(left, right)
    }

    /// Whether the configured folder was agreed to, and is not there, or not the same.
    private var isOwnAway: Bool {
        let own = (try? places.all(at: place)) ?? []
        return !own.isEmpty && !own.contains(where: places.isThere)
    }

    /// Takes consent back in every folder of this home, in each whatever becomes of the others.
    /// The outcomes are how many events are stored; nil where that is not known.
    public func disable() -> Reach<Int64?> {
        reach(.disable) { control in
            try control.disable()
            let status = try control.status()
            return status.storeProblem == nil ? status.recorded : nil
        }
    }

    /// Deletes everything that telemetry recorded in this home, wherever that is, in each folder
    /// whatever becomes of the others. What other folders have sent is asked to be erased from the
    /// configured one.
    public func deleteData() -> Reach<DeletionOutcome> {
        let reach = reach(.delete) { try $0.deleteData() }
        let untaken = takeErasures(of: reachable().others.map(\.control))
        return Reach(
            outcomes: reach.outcomes, failure: reach.failure ?? untaken, absent: reach.absent)
    }

    /// Carries a decision out wherever that is possible, and notes where it is not.
    private func reach<Outcome: Sendable>(
        _ decision: TelemetryPlaces.Owed, _ body: (TelemetryControl) throws -> Outcome
    ) -> Reach<Outcome> {
        let (others, unread) = reachable()
        // One that was agreed to and is not there is not made anew for the sake of a no.
        let own = isOwnAway ? [] : [(place, control())]
        var done: [String] = []
        let (outcomes, failure) = Self.each(of: own + others) { path, control in
            let outcome = try body(control)
            done.append(path)
            return outcome
        }
        var absent: [String] = []
        let unnoted = attempt {
            try places.update { listed in
                for index in listed.indices {
                    let place = listed[index]
                    let isThere = places.isThere(place)
                    if isThere, done.contains(where: { isSame($0, place.path) }) {
                        listed[index].owed.remove(decision)
                    } else {
                        listed[index].owed.insert(decision)
                        if !isThere { absent.append(place.path) }
                    }
                }
            }
        }
        return Reach(outcomes: outcomes, failure: failure ?? unread ?? unnoted, absent: absent)
    }

    /// Carries out what was decided while folders were not there, in those that are there again;
    /// in each whatever becomes of the others. What failed first; nil if nothing did.
    public func settle() -> CommandFailure? {
        var failure: CommandFailure?
        let unsettled = attempt {
            guard try places.all().contains(where: { !$0.owed.isEmpty }) else { return }
            try places.settling { () throws(CommandFailure) in
                let owing = try places.all().filter { !$0.owed.isEmpty && places.isThere($0) }
                for place in owing {
                    let failed = attempt { try settle(place) }
                    failure = failure ?? failed
                }
            }
        }
        return unsettled ?? failure
    }

    private func settle(_ place: TelemetryPlaces.Place) throws {
        let control = control(at: place.path)
        if place.owed.contains(.disable) { try control.disable() }
        if place.owed.contains(.delete) { _ = try control.deleteData() }
        try places.update { listed in
            for index in listed.indices
            where listed[index].path == place.path && listed[index].mark == place.mark {
                listed[index].owed.subtract(place.owed)
            }
        }
    }

    /// Does for other folders of this home what uploads and looks do for the configured one:
    /// finishes what was cut short, deletes what is too old, takes over what is still to be erased.
    /// What failed first; nil if nothing did.
    public func tendOtherPlaces() -> CommandFailure? {
        let unsettled = settle()
        let (others, unread) = reachable()
        let unseen = Self.each(of: others) { _, control in
            if let problem = try control.status().storeProblem {
                throw CommandFailure(
                    problem, hint: "arpguard telemetry status tells of all folders")
            }
        }.failure
        let untaken = takeErasures(of: others.map(\.control))
        return unsettled ?? unseen ?? untaken ?? unread
    }

    private func takeErasures(of others: [TelemetryControl]) -> CommandFailure? {
        // Nothing is put into a folder that only stands in the place of the one that is away.
        if isOwnAway { return nil }
        let own = control()
        return Self.each(of: others.map { ("", $0) }) { try own.takeErasures(of: $1) }.failure
    }

    /// The other folders, as far as they are known, and why that is not all.
    private func reachable() -> (
        others: [(path: String, control: TelemetryControl)], failure: CommandFailure?
    ) {
        do throws(CommandFailure) {
            return (try otherPlaces(), nil)
        } catch {
            return (others(among: []), error)
        }
    }

    private func attempt(_ body: () throws -> Void) -> CommandFailure? {
        do {
            try body()
            return nil
        } catch {
            return CommandFailure(telemetry: error)
        }
    }

    /// Does something in each folder, and says what failed first once that is done.
    private static func each<Result>(
        of places: [(path: String, control: TelemetryControl)],
        _ body: (String, TelemetryControl) throws -> Result
    ) -> (results: [Result], failure: CommandFailure?) {
        var results: [Result] = []
        var failure: CommandFailure?
        for (path, control) in places {
            do {
                results.append(try body(path, control))
            } catch {
                failure = failure ?? CommandFailure(telemetry: error)
            }
        }
        return (results, failure)
    }
}
