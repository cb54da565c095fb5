// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules

extension TelemetryPlaces {
    /// Notes a decision for all of them, as one step, and for the usual folder that no list knows.
    /// A home whose telemetry is in one folder has no list: there the folder's own files do.
    ///
    /// - Parameters:
    ///   - usual: that folder; nil where it is not there, or is on the list by a mark.
    ///   - settled: where it is carried out already.
    ///   - milliseconds: how long it waits for whoever holds the list.
    func owe(
        _ decision: Owed, usual: String?, except settled: [String] = [],
        waiting milliseconds: Int32 = lockMilliseconds
    ) throws(CommandFailure) {
        guard try !all().isEmpty else { return }
        func isSettled(_ place: Place) -> Bool {
            isThere(place) && settled.contains { RealFileSystem.areSame($0, place.path) }
        }
        try update(waiting: milliseconds) { places in
            if let usual, !places.contains(where: { $0.isUnmarked && $0.path == usual }) {
                places.append(Place(path: usual, mark: ""))
            }
            for index in places.indices where !isSettled(places[index]) {
                places[index].owed.insert(decision)
            }
        }
    }

    /// Notes that a decision is carried out in a folder, or is begun there, and draws a new mark
    /// for the folder.
    ///
    /// - Parameter mark: one of the folder that is meant, whatever stands there now; nil for that.
    func strike(
        _ decision: Owed, at folder: String, mark: String? = nil
    ) throws(CommandFailure) {
        guard owes(decision, at: folder) else { return }
        try update { places in
            let struck = places.indices.filter {
                isOwed(decision, places[$0], at: folder)
                    && (mark.map(places[$0].isKin) ?? true)
            }
            guard !struck.isEmpty else { return }
            try renewMark(at: folder, in: &places)
            for index in struck { places[index].owed.remove(decision) }
        }
    }

    /// Notes that a decision is carried out in folders that another home decided about since.
    func strikeTaken(_ decision: Owed, at folders: [String]) throws(CommandFailure) {
        func isStruck(_ place: Place) -> Bool {
            place.owed.contains(decision) && isTaken(place)
                && folders.contains { RealFileSystem.areSame($0, place.path) }
        }
        guard try all().contains(where: isStruck) else { return }
        try update { places in
            for index in places.indices where isStruck(places[index]) {
                places[index].owed.remove(decision)
            }
        }
    }

    /// Whether a decision is still to be carried out in a folder, as far as the list can be read.
    func owes(_ decision: Owed, at folder: String) -> Bool {
        (try? all())?.contains { isOwed(decision, $0, at: folder) } ?? false
    }

    private func isOwed(_ decision: Owed, _ place: Place, at folder: String) -> Bool {
        place.owed.contains(decision) && RealFileSystem.areSame(place.path, folder)
            && isThere(place)
    }

    /// Whether anything is owed to the usual folder, which needs no list but for that. Throws where
    /// the list can't be read: then something may be.
    func owesUnmarked() throws(CommandFailure) -> Bool {
        try all().contains { $0.isUnmarked }
    }

    /// Forgets what is owed to a usual folder that is not there; whether anything was.
    func forgetAwayUnmarked() throws(CommandFailure) -> Bool {
        var isForgotten = false
        try update { places in
            let left = places.filter { !$0.isUnmarked || isThere($0) }
            isForgotten = left != places
            places = left
        }
        return isForgotten
    }

    /// Why no yes counts in a folder before that.
    static func stillOwed(_ folder: String) -> String {
        "what was decided for \(folder) is still to be done there"
    }
}
