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

    /// Does what is intended and was not finished. A deletion that another one asked for is told
    /// once it is done, and somebody hears it; a change of identifier too.
    func finishIntentsLocked() throws {
        let isDeletion = try intended(directory.deletionIntent) != nil
        let tally = try finishDeletionLocked()
        // One that waits for the identifier is told when that has ended.
        if try isDeletion && intended(directory.rotationIntent) == nil { tellEnd(tally) }
        let isChange = try isChangeBegun
        let outcome = try finishRotationLocked()
        if isChange { seams.logger.log(.warning, outcome.lateEnd) }
    }

    /// What an intent says for an identifier that can't be read: whichever stands there.
    static let anyIdentifier = Array("*".utf8)

    /// The identifier that an intent is about, which is written into it where it can be read by
    /// now: what ends it may be done twice, and ends no other.
    func named(_ intent: String) throws -> [UInt8]? {
        let id = try intended(intent)
        guard id == Self.anyIdentifier else { return id }
        let state = gate.read().state
        try refuseUnread(state)
        let known = Array((state.record?.installationID ?? "").utf8)
        try seams.files.replace(intent, with: known)
        return known
    }

    /// Whether a deletion is to end an identifier that it could not read, and no record stands that
    /// would name it: it may only be on its way back, as `unfinished` advises.
    func isMissed(_ intent: String) throws -> Bool {
        let state = gate.read().state
        guard state.record == nil, state.recordFault == nil else { return false }
        return try intended(intent) == Self.anyIdentifier
    }

    /// Forgets, after a yes, an identifier that a deletion missed and nobody brought back, and says
    /// what that means.
    func forgetMissed() throws(SystemError) {
        tellEndOfUnread(requested: false, .rightLost)
        try seams.files.remove(directory.rotationIntent)
    }

    /// Why it is not known how much is still to be erased elsewhere, since a deletion could not
    /// read the identifier, or did not come to that; nil if none waits for that.
    func unnamedErasure(_ state: ConsentState) -> TelemetryError? {
        let intents = [directory.deletionIntent, directory.rotationIntent]
        guard intents.contains(where: { (try? intended($0)) == Self.anyIdentifier }) else {
            return intents.contains { mayOwe($0, state) } ? unaskedErasure : nil
        }
        let rest = "the next command does the rest then"
        let hint =
            if state.recordError != nil {
                "\(ConsentState.remedy(directory, seams) ?? "make it readable again"); \(rest)"
            } else if state.record == nil, state.recordFault == nil {
                "put \(directory.consentRecord) back; \(rest), and a new yes or no gives that up"
            } else {
                "run a command again once nothing else is wrong here; it does the rest"
            }
        return TelemetryError(
            .storage,
            "what was sent under the identifier that a deletion could not read is not asked to be "
                + "erased yet", hint: hint)
    }

    private var unaskedErasure: TelemetryError {
        TelemetryError(
            .storage,
            "a deletion or change of identifier that is not finished may have more to ask for",
            hint: "run a command again once nothing else is wrong here; it does the rest")
    }

    /// Whether what an intent is about may be more than the list of pending erasures has.
    private func mayOwe(_ intent: String, _ state: ConsentState) -> Bool {
        do {
            guard let id = try intended(intent) else { return false }
            if state.recordError != nil { return true }
            if try intent == directory.deletionIntent && hasFormerErasures { return true }
            guard let record = state.record, !state.isCopied else { return false }
            // With another identifier its own are in the list.
            return Array((record.installationID ?? "").utf8) == id
                && !record.pendingErasures.isEmpty
        } catch {
            return true
        }
    }

    /// Says that a deletion can't end the identifier yet, since what was decided can't be read.
    func unfinished(_ error: SystemError) -> TelemetryError {
        let remedy = ConsentState.remedy(directory, seams) ?? "make it readable again"
        return TelemetryError(
            .storage,
            "what was recorded is deleted here, but what was decided can't be read, so the "
                + "identifier stands, and what was sent under it is not asked to be erased yet: "
                + "\(error)",
            hint: "\(remedy); the next command does the rest then")
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
