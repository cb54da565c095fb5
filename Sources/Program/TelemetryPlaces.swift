// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules

/// The folders, besides the usual one, in which a home's telemetry was ever agreed to.
///
/// What was recorded there stays there when the configuration names another folder, or can't be
/// read. Whoever takes consent back or deletes means all of it, that on a disk included which is
/// not there at the moment.
struct TelemetryPlaces: Sendable {
    /// One of them, and what was decided while it could not be reached.
    struct Place: Equatable {
        let path: String
        var owed: Set<Owed> = []
    }

    /// A decision that is still to be carried out, by its name in the file.
    enum Owed: String, CaseIterable {
        case disable
        case delete
    }

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
    func all() throws(CommandFailure) -> [Place] {
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
        let places = value.arrayValue?.compactMap(Place.init(json:))
        guard let places, places.count == value.arrayValue?.count else {
            throw fault("it is no list of folders")
        }
        return places
    }

    /// Adds a folder, unless it is there.
    func remember(_ place: String) throws(CommandFailure) {
        let places = try all()
        if !places.contains(where: { $0.path == place }) {
            try write(places.suffix(Self.placesMax - 1) + [Place(path: place)])
        }
    }

    /// Notes what is owed to each folder of the list from now on.
    func update(_ change: (inout Place) -> Void) throws(CommandFailure) {
        let before = try all()
        var places = before
        for index in places.indices { change(&places[index]) }
        if places != before { try write(places) }
    }

    private func write(_ places: [Place]) throws(CommandFailure) {
        let text = JSONValue.array(places.map(\.json)).serialized(.pretty) + "\n"
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

extension TelemetryPlaces.Place {
    fileprivate init?(json: JSONValue) {
        if let path = json.stringValue {
            self.init(path: path)
            return
        }
        guard let path = json["path"]?.stringValue, let words = json["owed"]?.arrayValue else {
            return nil
        }
        let owed = words.compactMap { $0.stringValue.flatMap(TelemetryPlaces.Owed.init) }
        guard owed.count == words.count else { return nil }
        self.init(path: path, owed: Set(owed))
    }

    fileprivate var json: JSONValue {
        if owed.isEmpty { return .string(path) }
        let words = TelemetryPlaces.Owed.allCases.filter(owed.contains)
        return ["path": .string(path), "owed": .array(words.map { .string($0.rawValue) })]
    }
}
