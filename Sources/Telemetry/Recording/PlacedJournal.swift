// SPDX-License-Identifier: Apache-2.0

import Modules

/// A journal, and the consent page that stood in its folder when it was made: what tells that
/// folder from another one in its place.
struct PlacedJournal: Sendable {
    let journal: Journal
    let page: ConsentPage

    /// Whether its records belong to the folder that is there now. They do not where the folder was
    /// moved away or removed and another one put there, whatever that one says.
    func isAtHome(_ gate: GateReader) -> Bool {
        if journal.isThere(gate.seams.files) { return true }
        let found = try? ConsentPage(opening: gate.directory.consentPage, gate.seams.files)
        return found?.isSameFile(as: page) ?? false
    }
}
