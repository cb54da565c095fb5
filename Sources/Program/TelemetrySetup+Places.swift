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

    /// Keeps in mind that a yes is about to be said for this folder. Throws where something is owed
    /// to the folder of that name that was agreed to before.
    public func rememberPlace() throws(CommandFailure) {
        guard !isSame(place, usualPlace) else { return }
        try places.remember(place)
        if let failure = settle() { throw failure }
        guard try places.all().first(where: { $0.path == place })?.owed.isEmpty == false else {
            return
        }
        throw CommandFailure(
            "\(place) is not there, and what was decided for it is still to be done there",
            hint: "bring it back, or take it out of \(places.path) if it is gone for good")
    }

    /// Other folders of this home that are there, or can't be looked at, with what decides about
    /// each.
    public func otherPlaces() throws(CommandFailure) -> [(path: String, control: TelemetryControl)]
    {
        others(among: [usualPlace] + (try places.all()).map(\.path))
    }

    /// The folders that are not there, and in which something is still to be done.
    public func owedPlaces() throws(CommandFailure) -> [String] {
        try places.all().filter { !$0.owed.isEmpty }.map(\.path)
    }

    /// Those that are there and are neither the configured folder nor each other, whatever paths
    /// lead to them.
    private func others(among paths: [String]) -> [(path: String, control: TelemetryControl)] {
        var known = [place]
        return paths.compactMap { path in
            guard !known.contains(where: { isSame($0, path) }), isThere(path) else { return nil }
            known.append(path)
            return (path, control(at: path))
        }
    }

    private func control(at path: String) -> TelemetryControl {
        var config = config
        config.storagePath = path
        return control(config)
    }

    /// What can't be looked at may be there: whoever goes on with it meets the reason.
    private func isThere(_ path: String) -> Bool {
        do throws(SystemError) {
            return try seams.files.status(of: path) != nil
        } catch {
            return true
        }
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        RealFileSystem.areSame(left, right)
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
        let absent = ((try? places.all()) ?? []).map(\.path).filter { !isThere($0) }
        let own = absent.contains(place) ? [] : [(place, control())]
        var done: [String] = []
        let (outcomes, failure) = Self.each(of: own + others) { path, control in
            let outcome = try body(control)
            done.append(path)
            return outcome
        }
        let unnoted = attempt {
            try places.update { listed in
                if done.contains(where: { isSame($0, listed.path) }) {
                    listed.owed.remove(decision)
                } else {
                    listed.owed.insert(decision)
                }
            }
        }
        return Reach(outcomes: outcomes, failure: failure ?? unread ?? unnoted, absent: absent)
    }

    /// Why nothing may be recorded in the configured folder, whatever it says itself; nil if that
    /// is not so.
    func unsettled() -> String? {
        let failure = settle()
        let owed = (try? places.all())?.first { $0.path == place }?.owed ?? []
        if owed.isEmpty { return nil }
        return failure?.message ?? "what was decided for \(place) is still to be done there"
    }

    /// Carries out what was decided while folders were not there, in those that are there again.
    /// To be called before anything is recorded. What failed first; nil if nothing did.
    public func settle() -> CommandFailure? {
        attempt {
            let owing = try places.all().filter { !$0.owed.isEmpty && isThere($0.path) }
            for owed in owing {
                let control = control(at: owed.path)
                if owed.owed.contains(.disable) { try control.disable() }
                if owed.owed.contains(.delete) {
                    _ = try control.deleteData()
                    try self.control().takeErasures(of: control)
                }
                try places.update { if $0.path == owed.path { $0.owed = [] } }
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
            return (others(among: [usualPlace]), error)
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
