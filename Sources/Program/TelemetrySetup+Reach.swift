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
        public var failure: CommandFailure? { undone.first?.failure ?? unreached }
        /// Whether it has begun somewhere without being done, or is owed there: whoever comes next
        /// goes on.
        public var isUnderWay: Bool { undone.contains { $0.isBegun || $0.isOwed } }
        /// Folders that are not there: it is carried out as soon as they are seen.
        public let absent: [AwayPlace]
        /// Where it failed.
        let undone: [Undone]
        /// Why not all folders are known, or what they are owed could not be noted.
        let unreached: CommandFailure?
    }

    /// A folder in which a decision failed.
    struct Undone: Sendable {
        let path: String
        /// Whether it was begun there: whoever comes next does the rest.
        let isBegun: Bool
        /// Whether it was owed there when this failed: whoever comes next does it.
        var isOwed = false
        let failure: CommandFailure
    }

    /// Takes consent back in every folder of this home, in each whatever becomes of the others.
    /// The outcomes are how many events are stored; nil where that is not known.
    public func disable() -> Reach<Int64?> {
        // Who ends in the middle of it leaves the rest to whoever comes next. Where others hold the
        // list it is noted below: none of these waits for anything.
        _ = attempt { try places.owe(.disable, usual: unlistedUsual, waiting: 0) }
        let (others, _) = otherPlaces()
        for (_, control) in own(beside: others) + others { control.switchOffAtOnce() }
        // What is still to be deleted does not stay. Where that fails it is not known what does.
        let isSettled = settle([.delete]) == nil
        return reach(.disable) { control, _ in
            try control.disable()
            let status = try control.status()
            return isSettled && status.storeProblem == nil ? status.recorded : nil
        }
    }

    /// Carries a decision out wherever that is possible. It is owed to each folder from before the
    /// first is waited for until it is done there, or was begun by `body`, which says so: where
    /// this process ends in between, whoever comes next carries it out.
    func reach<Outcome: Sendable>(
        _ decision: TelemetryPlaces.Owed,
        _ body: (_ control: TelemetryControl, _ isBegun: inout Bool) throws -> Outcome
    ) -> Reach<Outcome> {
        // Nobody else goes on with what is noted here, as long as this process is at it.
        places.deciding {
            let unnoted = attempt { try places.owe(decision, usual: unlistedUsual) }
            let (others, unread) = carryingOut.otherPlaces()
            var (settled, undone): ([String], [Undone]) = ([], [])
            let own = carryingOut.own(beside: others)
            let outcomes = Self.each(of: own + others) { path, control in
                var isBegun = false
                do {
                    let outcome = try body(control, &isBegun)
                    settled.append(path)
                    // One that can't be struck off now is below.
                    try? places.strike(decision, at: path)
                    return outcome
                } catch {
                    let failure = CommandFailure(telemetry: error)
                    undone.append(Undone(path: path, isBegun: isBegun, failure: failure))
                    throw failure
                }
            }.results
            let begun = undone.filter(\.isBegun).map(\.path)
            let (absent, unkept) = keep(decision, settled, begun, isNoted: unnoted == nil)
            for index in undone.indices {
                undone[index].isOwed = places.owes(decision, at: undone[index].path)
            }
            return Reach(
                outcomes: outcomes, absent: absent, undone: undone, unreached: unread ?? unkept)
        }
    }

    /// Strikes a decision off where it is done, and notes it where it was not even begun, if that
    /// could not be done before; the folders that are not there, and what failed.
    private func keep(
        _ decision: TelemetryPlaces.Owed, _ settled: [String], _ begun: [String], isNoted: Bool
    ) -> (absent: [AwayPlace], failure: CommandFailure?) {
        var absent: [AwayPlace] = []
        let failure = attempt {
            if !isNoted { try places.owe(decision, usual: unlistedUsual, except: settled + begun) }
            for path in settled { try places.strike(decision, at: path) }
            try places.strikeTaken(decision, at: settled)
            absent = away(try places.all()) { $0.owed.contains(decision) }
        }
        return (absent, failure)
    }

    /// The configured folder, unless it is a link to one of the others. Where one was agreed to and
    /// is not there, none is made anew for the sake of a no; but what stands in its place and holds
    /// telemetry is meant too.
    private func own(
        beside others: [(path: String, control: TelemetryControl)]
    ) -> [(path: String, control: TelemetryControl)] {
        if others.contains(where: { isSame($0.path, place) }) { return [] }
        if isOwnAway, !TelemetryDirectory(place).isUsed(seams.files) { return [] }
        return [(place, control())]
    }

    /// Does for other folders of this home what uploads and looks do for the configured one:
    /// finishes what was cut short, deletes what is too old. What failed first; nil if nothing did.
    public func tendOtherPlaces() -> CommandFailure? {
        let unsettled = settle()
        let (others, unread) = otherPlaces()
        let unseen = Self.each(of: others) { _, control in
            if let problem = try control.status().storeProblem {
                throw CommandFailure(
                    problem, hint: "arpguard telemetry status tells of all folders")
            }
        }.failure
        return unsettled ?? unseen ?? unread
    }

    /// The status, in which erasures are those of all folders of this home, as far as these can be
    /// read.
    public func status() throws -> TelemetryStatus {
        var status = try control().status()
        status.add(erasuresOf: erasuresElsewhere())
        return status
    }

    /// Keeps batches of the configured folder away from what left from another one, where nothing
    /// knows of that yet: another one was configured then, or a process died. Where that can't be
    /// read they wait as long as it may ask for.
    ///
    /// - Returns: what failed here, so that they may have to wait longer than could be noted, and
    ///   why something elsewhere can't be read; each nil where nothing did.
    public func takeOverWaits() -> (here: CommandFailure?, elsewhere: CommandFailure?) {
        let (untaken, unread) = takeOverKnownWaits()
        let unnoted = attempt { try control().keepBatchesAway(isUnseen: unread != nil) }
        return (untaken ?? unnoted, unread)
    }

    /// The same, of what can be read; what failed here, and what failed elsewhere.
    private func takeOverKnownWaits() -> (here: CommandFailure?, elsewhere: CommandFailure?) {
        let (others, unlisted) = otherPlaces()
        let (times, unread) = Self.each(of: others.filter { !isSame($0.path, place) }) {
            try $1.apartUntil()
        }
        let untaken = attempt {
            guard let time = times.compactMap(\.self).max() else { return }
            try control().keepBatchesAway(until: time)
        }
        return (untaken, unread ?? unlisted)
    }

    /// Has requests for erasure of each folder wait for what their server asked of those of
    /// another. What failed, or nil.
    public func shareWishes() -> CommandFailure? {
        let controls = [control()] + elsewhere().controls
        let wishes = controls.map(\.erasureWishes).reduce(into: [:]) {
            $0.merge($1, uniquingKeysWith: max)
        }
        return attempt {
            for control in controls { try control.heed(wishes) }
        }
    }

    /// What of the status is about erasures, where the configured folder may be one that can't be
    /// looked at.
    public func erasures() -> TelemetryStatus {
        var status = (try? control().status()) ?? TelemetryStatus()
        status.add(erasuresOf: erasuresElsewhere())
        return status
    }

    /// What of the status is about erasures, of all folders of this home but the configured one.
    public func erasuresElsewhere() -> TelemetryStatus {
        let (controls, failure) = elsewhere()
        var status = controls.compactMap { try? $0.status() }
            .reduce(into: TelemetryStatus()) { $0.add(erasuresOf: $1) }
        if let failure {
            status.pendingErasures = nil
            status.erasureProblem = failure
        }
        return status
    }

    /// The last row of the ledger of each folder of this home, as far as these can be read.
    package func ledgerMarks() -> [String: LedgerMark] {
        var marks: [String: LedgerMark] = [:]
        for (path, control) in allPlaces { marks[path] = control.ledgerMark }
        return marks
    }

    /// The hash of the last row of the configured folder's ledger; nil without one.
    package var ledgerHead: String? { control().ledgerMark?.digest }

    /// What servers said after these rows to requests for erasure from any folder of this home, as
    /// far as these can be read.
    package func erasureAnswers(after marks: [String: LedgerMark]) -> ErasureAnswers {
        allPlaces.compactMap { path, control in try? control.erasureAnswers(after: marks[path]) }
            .reduce(into: ErasureAnswers()) { $0.add($1) }
    }

    var allPlaces: [(path: String, control: TelemetryControl)] {
        [(place, control())] + otherPlaces().places.filter { !isSame($0.path, place) }
    }

    /// What the next upload would send, the requests for erasure of all folders included.
    public func outlook() throws -> UploadOutlook {
        // Who types an upload sends batches, however long these were to wait for other folders.
        if let failure = takeOverKnownWaits().here { throw failure }
        // One that can't be noted now is by the upload.
        _ = shareWishes()
        tellOfBatches()
        var outlook = try control().outlook()
        let (controls, failure) = elsewhere()
        let areAlone = outlook.areErasuresAlone
        outlook.add(erasuresOf: controls.map { $0.erasureOutlook(areAlone: areAlone) })
        outlook.erasureProblem = outlook.erasureProblem ?? failure
        return outlook
    }

    /// What an uploader would have to do, and when; that of a store which can't be read now is not
    /// known.
    public func uploadAgenda() -> UploadAgenda {
        var agenda = (try? control().uploadAgenda()) ?? UploadAgenda()
        let others = elsewhere().controls.compactMap(\.erasureDueAt)
        agenda.erasureAt = (others + [agenda.erasureAt].compactMap(\.self)).min()
        return agenda
    }

    /// What decides about other folders, without that to which the configured one is a link; and
    /// why those are not all, or nil if they are.
    private func elsewhere() -> (controls: [TelemetryControl], failure: TelemetryError?) {
        let (places, failure) = otherPlaces()
        return (
            places.filter { !isSame($0.path, place) }.map(\.control),
            failure.map { TelemetryError(.storage, $0.message, hint: $0.hint) }
        )
    }

    func attempt(_ body: () throws -> Void) -> CommandFailure? {
        do {
            try body()
            return nil
        } catch {
            return CommandFailure(telemetry: error)
        }
    }

    /// Does something in each folder, and says what failed first once that is done.
    static func each<Result>(
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
