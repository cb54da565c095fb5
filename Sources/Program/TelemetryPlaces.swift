// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
import JSON
import Modules
public import Telemetry

/// The folders, besides the usual one, in which a home's telemetry was ever agreed to.
///
/// What was recorded there stays there when the configuration names another folder, or can't be
/// read. Whoever takes consent back or deletes means all of it.
struct TelemetryPlaces: Sendable {
    /// More than anybody moves their data; the oldest are forgotten first.
    static let placesMax = 64
    private static let bytesMax = 1 << 20

    /// The file that lists them.
    let path: String
    let files: any FileSystem

    init(of home: Home, _ files: any FileSystem) {
        path = home.path + "/telemetry-places.json"
        self.files = files
    }

    /// All of them, oldest first. Throws where the list can't be read, since then it is not known
    /// what else there is.
    func all() throws(CommandFailure) -> [String] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try files.read(path, bytesMax: Self.bytesMax)
        } catch {
            if error.isNotFound { return [] }
            throw fault("\(error)")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw fault("\(error)")
        }
        let places = value.arrayValue?.compactMap(\.stringValue)
        guard let places, places.count == value.arrayValue?.count else {
            throw fault("it is no list of folders")
        }
        return places
    }

    /// Adds a folder, unless it is there.
    func remember(_ place: String) throws(CommandFailure) {
        let places = try all()
        if !places.contains(place) { try write(places.suffix(Self.placesMax - 1) + [place]) }
    }

    private func write(_ places: [String]) throws(CommandFailure) {
        let text = JSONValue.array(places.map { .string($0) }).serialized(.pretty) + "\n"
        do throws(SystemError) {
            try files.replace(path, with: Array(text.utf8))
        } catch {
            throw CommandFailure(telemetry: error)
        }
    }

    private func fault(_ what: String) -> CommandFailure {
        CommandFailure(
            "the list of folders with telemetry (\(path)) can't be read: \(what)",
            hint: "move it away once you know what is in it")
    }
}

extension TelemetrySetup {
    /// The folder of the data, by the configuration.
    public var place: String { config.storagePath ?? usualPlace }

    private var usualPlace: String { home.path + "/telemetry" }

    private var places: TelemetryPlaces { TelemetryPlaces(of: home, seams.files) }

    /// Keeps in mind that a yes is about to be said for this folder.
    public func rememberPlace() throws(CommandFailure) {
        if !isSame(place, usualPlace) { try places.remember(place) }
    }

    /// Other folders of this home that are there and may hold telemetry, with what decides about
    /// each.
    public func otherPlaces() throws(CommandFailure) -> [(path: String, control: TelemetryControl)]
    {
        others(among: [usualPlace] + (try places.all()))
    }

    /// Those that are there and are neither the configured folder nor each other, whatever paths
    /// lead to them.
    private func others(among paths: [String]) -> [(path: String, control: TelemetryControl)] {
        var known = [place]
        return paths.compactMap { path in
            guard !known.contains(where: { isSame($0, path) }),
                (try? seams.files.status(of: path)) != nil
            else { return nil }
            known.append(path)
            var config = config
            config.storagePath = path
            return (path, control(config))
        }
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        RealFileSystem.areSame(left, right)
    }

    /// Takes consent back in every folder of this home, in each whatever becomes of the others.
    /// How many events are stored, in each folder where that was done, and what failed first.
    public func disable() -> (stored: [Int64], failure: CommandFailure?) {
        let (others, unread) = reachable()
        let (stored, failure) = Self.each(of: [control()] + others) { control in
            try control.disable()
            return try control.status().recorded
        }
        return (stored, failure ?? unread)
    }

    /// Deletes everything that telemetry recorded in this home, wherever that is, in each folder
    /// whatever becomes of the others, and says what failed first. What other folders have sent is
    /// asked to be erased from the configured one.
    public func deleteData() -> (outcomes: [DeletionOutcome], failure: CommandFailure?) {
        let (others, unread) = reachable()
        let (outcomes, failure) = Self.each(of: [control()] + others) { try $0.deleteData() }
        let untaken = takeErasures(of: others)
        return (outcomes, failure ?? untaken ?? unread)
    }

    /// Does for other folders of this home what uploads and looks do for the configured one:
    /// finishes what was cut short, deletes what is too old, takes over what is still to be erased.
    /// What failed first; nil if nothing did.
    public func tendOtherPlaces() -> CommandFailure? {
        let (others, unread) = reachable()
        let unseen = Self.each(of: others) { try $0.status() }.failure
        let untaken = takeErasures(of: others)
        return unseen ?? untaken ?? unread
    }

    private func takeErasures(of others: [TelemetryControl]) -> CommandFailure? {
        let own = control()
        return Self.each(of: others) { try own.takeErasures(of: $0) }.failure
    }

    /// The other folders, as far as they are known, and why that is not all.
    private func reachable() -> (others: [TelemetryControl], failure: CommandFailure?) {
        do throws(CommandFailure) {
            return (try otherPlaces().map(\.control), nil)
        } catch {
            return (others(among: [usualPlace]).map(\.control), error)
        }
    }

    /// Does something in each folder, and says what failed first once that is done.
    private static func each<Result>(
        of controls: [TelemetryControl], _ body: (TelemetryControl) throws -> Result
    ) -> (results: [Result], failure: CommandFailure?) {
        var results: [Result] = []
        var failure: CommandFailure?
        for control in controls {
            do {
                results.append(try body(control))
            } catch {
                failure = failure ?? CommandFailure(telemetry: error)
            }
        }
        return (results, failure)
    }
}
