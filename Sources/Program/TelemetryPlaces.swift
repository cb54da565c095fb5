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
        if place != usualPlace { try places.remember(place) }
    }

    /// Other folders of this home that are there and may hold telemetry, with what decides about
    /// each.
    public func otherPlaces() throws(CommandFailure) -> [(path: String, control: TelemetryControl)]
    {
        let known = try ([usualPlace] + places.all()).filter { $0 != place }
        return known.compactMap { path in
            guard (try? seams.files.status(of: path)) != nil else { return nil }
            var config = config
            config.storagePath = path
            return (path, control(config))
        }
    }

    /// Deletes everything that telemetry recorded in this home, wherever that is. What other
    /// folders have sent is asked to be erased from this one.
    public func deleteData() throws -> [DeletionOutcome] {
        let control = control()
        // Before anything is deleted it has to be known what else there is.
        let others = try otherPlaces().map(\.control)
        var outcomes = [try control.deleteData()]
        for other in others {
            outcomes.append(try other.deleteData())
            try control.takeErasures(of: other)
        }
        return outcomes
    }
}
