// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Telemetry

/// The folders, besides the usual one, in which a home's telemetry was ever agreed to.
///
/// What was recorded there stays there when the configuration names another folder, or can't be
/// read. Whoever takes consent back or deletes means all of it, that on a disk included which is
/// not there at the moment. A yes in such a folder counts only while this list knows the folder,
/// by a mark in it, and owes it nothing: so a no holds at once, wherever the folder is, and a yes
/// is that of one home alone, since each home that agrees draws a mark of its own, and whoever
/// carries out there what is owed draws one anew. The usual folder is on it, without a mark, while
/// it is owed something beside others.
struct TelemetryPlaces: Sendable {
    /// One of them, and what was decided while it could not be reached.
    struct Place: Equatable {
        var path: String
        /// What stands in the folder's file of that name.
        var mark: String
        /// What is about to stand there in its place, or stands there already; nil for nothing.
        var next: String?
        var owed: Set<Owed> = []
    }

    /// A decision that is still to be carried out, by its name in the file.
    enum Owed: String, CaseIterable {
        case disable
        case delete
    }

    /// More than anybody moves their data; the oldest that owe nothing are forgotten first.
    static let placesMax = 64
    private static let bytesMax = 1 << 20
    static let lockMilliseconds: Int32 = 2000

    /// The file that lists them.
    let path: String
    /// The home's usual folder.
    private let usual: String
    let files: any FileSystem
    let random: any RandomSource

    init(of home: Home, _ files: any FileSystem, _ random: any RandomSource) {
        path = home.path + "/telemetry-places.json"
        usual = home.path + "/telemetry"
        self.files = files
        self.random = random
    }

    /// All of them, oldest first. Throws where the list can't be read, since then it is not known
    /// what else there is.
    func all() throws(CommandFailure) -> [Place] {
        let bytes: [UInt8]
        do throws(SystemError) {
            guard let there = try files.readIfThere(path, bytesMax: Self.bytesMax) else {
                return []
            }
            bytes = there
        } catch {
            throw fault("\(error)", isDenied: error.code == SystemError.accessDenied)
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw fault("\(error)")
        }
        let places = value.arrayValue?.compactMap(Place.init(json:))
        guard let places, places.count == value.arrayValue?.count else {
            throw fault("it is no list of folders")
        }
        return places.filter { !$0.isDrawn(in: places) }.map(own)
    }

    /// One without a mark is this home's usual folder, wherever it was when it was noted: the home
    /// may have been renamed or copied since, and another one may stand there.
    private func own(_ place: Place) -> Place {
        place.isUnmarked ? Place(path: usual, mark: "", owed: place.owed) : place
    }

    /// Those that a path leads to, or led to when they were agreed to.
    func all(at path: String) throws(CommandFailure) -> [Place] {
        try all().filter { RealFileSystem.areSame($0.path, path) }
    }

    /// Whether the folder is there, and the same as when it was agreed to. What can't be looked at
    /// may be: whoever goes on with it meets the reason.
    func isThere(_ place: Place) -> Bool {
        do throws(SystemError) {
            if place.isUnmarked, try files.status(of: place.path)?.kind != .folder { return false }
            return place.fits(try mark(in: place.path) ?? "")
        } catch {
            return true
        }
    }

    /// Why a yes that stands in a folder does not count; nil if it does.
    ///
    /// - Parameters:
    ///   - isUsual: whether it is the home's usual folder. That needs no list, unless somebody put
    ///     a mark there: then it was agreed to as another folder, maybe of another home.
    ///   - heedingDebts: whether what is owed to it is a reason.
    func obstacle(in folder: String, isUsual: Bool, heedingDebts: Bool) -> String? {
        do {
            let mark = try mark(in: folder)
            if isUsual, mark == nil {
                return try heedingDebts && owesUnmarked() ? Self.stillOwed(folder) : nil
            }
            let known = try all(at: folder)
            let here = known.filter { $0.fits(mark) }
            if heedingDebts, here.contains(where: { !$0.owed.isEmpty }) {
                return Self.stillOwed(folder)
            }
            guard here.isEmpty else { return nil }
            let reason = known.contains(where: isTaken) ? ": \(Self.takenReason)" : ""
            return "this home knows of no yes in \(folder)\(reason)"
        } catch {
            return CommandFailure(telemetry: error).message
        }
    }

    /// Whether a yes that stands in a folder is that of another home: this one never agreed there,
    /// or another did since. Where that can't be seen it is not said.
    func isOthers(_ folder: String, isUsual: Bool) -> Bool {
        do {
            let mark = try mark(in: folder)
            if isUsual, mark == nil { return false }
            return try !all(at: folder).contains { mark == nil || $0.fits(mark) }
        } catch {
            return false
        }
    }

    /// Adds a folder unless the list knows it by the mark that stands there: with a new one, so
    /// that no other home takes a yes there for its own. `first` is done before that, with the list
    /// locked.
    func remember(_ folder: String, first: () throws -> Void) throws(CommandFailure) {
        try update { places in
            let known = try mark(in: folder)
            let here = places.filter { RealFileSystem.areSame($0.path, folder) }
            if here.contains(where: { $0.fits(known) }) { return }
            try first()
            let mark = "\(random.uint64())-\(random.uint64())"
            try put(mark, in: folder)
            add(Place(path: folder, mark: mark), to: &places)
        }
    }

    /// Notes that a folder of the list, by its mark, now stands at another path than it did. It may
    /// be a copy, and the one it was made of on a disk that is away: that stays on the list, and
    /// what is owed to it is owed in both places.
    func follow(to folder: String) throws(CommandFailure) {
        try telling {
            guard let mark = try mark(in: folder) else { return }
            func isMoved(_ place: Place) -> Bool { place.fits(mark) && !isThere(place) }
            func isKnown(_ place: Place) -> Bool {
                place.fits(mark) && RealFileSystem.areSame(place.path, folder)
            }
            func isNews(_ places: [Place]) -> Bool {
                places.contains(where: isMoved) && !places.contains(where: isKnown)
            }
            guard try isNews(all()) else { return }
            try update { places in
                guard isNews(places) else { return }
                let owed = places.filter(isMoved).reduce(into: Set<Owed>()) {
                    $0.formUnion($1.owed)
                }
                add(Place(path: folder, mark: mark, owed: owed), to: &places)
            }
        }
    }

    private func add(_ place: Place, to places: inout [Place]) {
        if places.count >= Self.placesMax, let oldest = places.firstIndex(where: \.owed.isEmpty) {
            places.remove(at: oldest)
        }
        places.append(place)
    }

    /// Changes the list as one step for all processes, of which each waits so long for the others.
    func update(
        waiting milliseconds: Int32 = lockMilliseconds,
        _ change: (inout [Place]) throws -> Void
    ) throws(CommandFailure) {
        let lock = "\(path).lock"
        let busy = CommandFailure("another process holds \(lock)", hint: "try again")
        try locked(lock, waiting: milliseconds, busy) { () throws(CommandFailure) in
            let before = try all()
            var places = before
            try telling { try change(&places) }
            places.removeAll { $0.isUnmarked && $0.owed.isEmpty }
            if places != before { try write(places) }
        }
    }

    /// Runs `body` while nobody else carries out what is owed.
    func settling(_ body: () throws(CommandFailure) -> Void) throws(CommandFailure) {
        let busy = CommandFailure(
            "another process carries out what was decided here: it holds \(settlingLock)",
            hint: "try again when it is done")
        try locked(settlingLock, waiting: Self.lockMilliseconds, busy, body)
    }

    /// Runs `body`, which carries a decision out, the same way; but where that takes too long all
    /// the same.
    func deciding<Result>(_ body: () -> Result) -> Result {
        // Without a list nothing is owed, and a home without one may be none that can be written.
        let isNeeded = (try? all())?.isEmpty == false
        let lock = isNeeded ? try? lockForSettling() : nil
        defer { withExtendedLifetime(lock) {} }
        return body()
    }

    private func lockForSettling() throws(SystemError) -> FileLock? {
        try files.lock(settlingLock, waiting: Self.lockMilliseconds)
    }

    private var settlingLock: String { "\(path).settling.lock" }

    private func locked(
        _ path: String, waiting milliseconds: Int32, _ busy: CommandFailure,
        _ body: () throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try files.lock(path, waiting: milliseconds)
        } catch {
            throw CommandFailure(telemetry: error)
        }
        guard let lock else { throw busy }
        defer { withExtendedLifetime(lock) {} }
        try body()
    }

    /// Puts all of it in the place of what stands there; only with the list locked.
    func write(_ places: [Place]) throws(CommandFailure) {
        let text = JSONValue.array(places.flatMap(\.lines)).serialized(.pretty) + "\n"
        do throws(SystemError) {
            try files.replace(path, with: Array(text.utf8))
        } catch {
            throw CommandFailure(telemetry: error)
        }
    }

    private func fault(_ what: String, isDenied: Bool = false) -> CommandFailure {
        CommandFailure(
            "the list of folders with telemetry (\(path)) can't be read: \(what)",
            hint: isDenied
                ? "make \(path) yours to read and write again"
                : "move \(path) away once you know what is in it")
    }
}

extension TelemetryPlaces.Place {
    /// Nil for what `json` did not write: what is not understood may be a no.
    fileprivate init?(json: JSONValue) {
        guard let path = json["path"]?.stringValue, let mark = json["mark"]?.stringValue,
            let words = (json["owed"] ?? []).arrayValue
        else { return nil }
        let owed = words.compactMap { $0.stringValue.flatMap(TelemetryPlaces.Owed.init) }
        let next = json["next"]
        guard owed.count == words.count, next == nil || next?.stringValue != nil else {
            return nil
        }
        self.init(path: path, mark: mark, next: next?.stringValue, owed: Set(owed))
    }

    /// What stands for it on the list. A mark that is being drawn has an entry of its own too: a
    /// program that knows no `next` drops that from a list that it writes anew, and no entry.
    fileprivate var lines: [JSONValue] {
        guard let next else { return [json] }
        return [json, Self(path: path, mark: next, owed: owed).json]
    }

    /// Whether it is that entry of another one of a list.
    fileprivate func isDrawn(in list: [Self]) -> Bool {
        list.contains { $0.path == path && $0.next == mark && $0.mark != mark }
    }

    private var json: JSONValue {
        let words = TelemetryPlaces.Owed.allCases.filter(owed.contains)
        var object: JSONObject = ["path": .string(path), "mark": .string(mark)]
        if let next { object["next"] = .string(next) }
        if !words.isEmpty { object["owed"] = .array(words.map { .string($0.rawValue) }) }
        return .object(object)
    }
}
