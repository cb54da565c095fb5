// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules

extension TelemetryPlaces {
    private static let markBytesMax = 64

    /// The mark that stands in a folder; nil if there is none.
    func mark(in folder: String) throws(SystemError) -> String? {
        let bytes = try files.readIfThere("\(folder)/place", bytesMax: Self.markBytesMax)
        return bytes.flatMap { bytes in
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
        }
    }

    /// The same, told with what to do where it can't be read.
    func toldMark(in folder: String) throws(CommandFailure) -> String? {
        do throws(SystemError) {
            return try mark(in: folder)
        } catch {
            throw CommandFailure("\(error)", hint: markRemedy(folder))
        }
    }

    private func markRemedy(_ folder: String) -> String {
        (try? files.names(in: folder)) == nil
            ? "make \(folder) readable and writable"
            : "make \(folder)/place readable again, or remove it"
    }

    /// Puts a mark into a folder, in the place of whichever stands there.
    func put(_ mark: String, in folder: String) throws(SystemError) {
        try files.replace("\(folder)/place", with: Array("\(mark)\n".utf8))
    }

    /// Draws a new mark for a folder in which something that it was owed is carried out. A copy of
    /// this home that owes the same, or one of which this is a copy, knows the folder no more: else
    /// it would do that once more, whatever was recorded there since and whoever agreed to it.
    ///
    /// The list has the new mark before the folder has it, and the old one until then: who ends in
    /// between leaves a folder that is known, and owed the same still. One that takes no new mark
    /// keeps its own.
    ///
    /// - Returns: whether the folder has a new mark, or is none that is known by one.
    @discardableResult
    func renewMark(at folder: String, in places: inout [Place]) throws(CommandFailure) -> Bool {
        guard let known = try? mark(in: folder) else { return !areMarked(at: folder, in: places) }
        let here = places.indices.filter {
            places[$0].fits(known) && RealFileSystem.areSame(places[$0].path, folder)
        }
        guard let first = here.first else { return !areMarked(at: folder, in: places) }
        let new = places[first].renewedMark(random)
        for index in here { (places[index].mark, places[index].next) = (known, new) }
        try write(places)
        guard (try? put(new, in: folder)) != nil else { return false }
        for index in here { (places[index].mark, places[index].next) = (new, nil) }
        return true
    }

    private func areMarked(at folder: String, in places: [Place]) -> Bool {
        places.contains { !$0.isUnmarked && RealFileSystem.areSame($0.path, folder) }
    }

    /// Draws a new mark for a folder of the list in which something ended that a copy of the folder
    /// still has. Without a list it has none.
    func renewMark(at folder: String) throws(CommandFailure) {
        guard try !all().isEmpty else { return }
        var isRenewed = false
        try update { places in isRenewed = try renewMark(at: folder, in: &places) }
        guard isRenewed else {
            throw CommandFailure("\(folder)/place was not replaced", hint: markRemedy(folder))
        }
    }

    /// What to do where the list, or the mark of a folder, can't be read: no yes counts before
    /// that, and none can be said. Nil where both can.
    func remedy(in folder: String) -> String? {
        do {
            _ = try all()
            _ = try mark(in: folder)
            return nil
        } catch let failure as CommandFailure {
            return failure.hint
        } catch {
            return markRemedy(folder)
        }
    }

    /// Why a folder is this home's no more; "it" is the home first.
    static let takenReason =
        "a copy of it, or the one that it is a copy of, has decided there since, or it was put "
        + "back as it was before"

    /// Whether a folder stands at the path of one that is not there, and bears a mark that was
    /// drawn anew for that one: by another home with the same list, or before this list was.
    func isTaken(_ place: Place) -> Bool {
        guard !place.isUnmarked, let found = try? mark(in: place.path) else { return false }
        return !place.fits(found) && place.isKin(found)
    }
}

extension TelemetryPlaces.Place {
    /// Whether it is the usual folder, which is told from no other one that may stand there.
    var isUnmarked: Bool { mark.isEmpty }

    /// Whether a folder with that mark is this one.
    func fits(_ found: String?) -> Bool {
        found == mark || found != nil && found == next
    }

    /// Whether a mark is this one's, or was drawn anew for it or before it: all of these have the
    /// same beginning.
    func isKin(_ other: String) -> Bool { Self.stem(of: other) == Self.stem(of: mark) }

    /// A mark that takes the place of this one.
    fileprivate func renewedMark(_ random: any RandomSource) -> String {
        "\(Self.stem(of: mark))-\(random.uint64())"
    }

    /// Somebody may have put a mark of another form there by hand.
    private static func stem(of mark: String) -> String {
        String(mark.prefix { $0 != "-" }.prefix(20))
    }
}
