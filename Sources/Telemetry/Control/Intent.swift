// SPDX-License-Identifier: Apache-2.0

import Modules

extension TelemetryControl {
    /// The longest intent, in bytes; an identifier has 36.
    private static let intentBytesMax = 4096

    /// The identifier that an unfinished deletion or change is to end; nil if none is unfinished.
    /// What stands there and can't be read may be one, so that nothing else is done before it.
    func intended(_ intent: String) throws(TelemetryError) -> [UInt8]? {
        do throws(SystemError) {
            guard try seams.files.status(of: intent) != nil else { return nil }
            return try seams.files.read(intent, bytesMax: Self.intentBytesMax)
        } catch {
            throw TelemetryError(
                .storage, "what an unfinished deletion is about can't be read: \(error)",
                hint: "\(product.name) telemetry delete-data --confirm deletes all, and this with "
                    + "it")
        }
    }

    /// Clears the way for a deletion, which does all that any earlier intent was about.
    func removeUnreadableIntents() throws(TelemetryError) {
        for intent in [directory.deletionIntent, directory.rotationIntent] {
            if (try? intended(intent)) != nil { continue }
            do throws(SystemError) {
                try seams.files.remove(intent)
            } catch {
                throw TelemetryError(
                    .storage, "\(intent) stands in the way of the deletion: \(error)",
                    hint: "move it away, then delete again")
            }
        }
    }
}
