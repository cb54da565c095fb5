// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite

extension TelemetryControl {
    /// Records a yes to exactly these terms. Repeating it changes nothing.
    ///
    /// Nothing that happened before is ever sent under it: it opens a new epoch unless place and
    /// anonymising are those of the yes that stands. Returns what may be recorded now and could
    /// not be before.
    ///
    /// Throws if the terms are not those that hold now, if the configuration or the administrator
    /// forbids telemetry, or if what was decided before can't be read: with it the right to have
    /// erased what was sent would be lost.
    @discardableResult
    public func enable(_ terms: ConsentTerms) throws -> [String] {
        let (facts, _) = gate.read()
        if facts.configurationForbids { throw configurationError }
        if facts.policyDenies { throw policyError }
        guard terms == self.terms else {
            throw TelemetryError(
                .terms, "what would be recorded or sent is not what was reviewed",
                hint: "review it again with: \(product.name) telemetry enable")
        }
        try directory.prepare(seams)
        if let path = try ConsentState.sharedPath(directory, seams.files) {
            throw TelemetryError(
                .storage, "others may write to \(path), so a yes that is kept there is none",
                hint: "chmod go-w \(ShellText.file(path))")
        }
        return try advising {
            try changing {
                try finishIntentsLocked()
                let isMissed = try isMissed(directory.rotationIntent)
                let added = try recordYes(terms)
                if isMissed { try forgetMissed() }
                return added
            }
        }
    }

    private func recordYes(_ terms: ConsentTerms) throws -> [String] {
        let page = try ConsentPage(creating: directory.consentPage, seams.files)
        // Read before all else: whoever says no from here on is heard.
        var word = page.word
        let state = gate.read().state
        try refuseUnread(state)
        let old = state.record
        if state.consent == .given, !state.isCopied, old?.terms == terms { return [] }
        var record = freshRecord(terms, isGiven: true)
        if state.isCopied { try leaveFormerErasures() }
        if let old, !state.isCopied {
            if let id = old.installationID, let secret = old.erasureSecret {
                (record.installationID, record.erasureSecret) = (id, secret)
            }
            record.sentErasureURLs = old.sentErasureURLs
            record.isSendingForgotten = old.isSendingForgotten
        }
        // While there is room: what is lost on a full disk is counted in it.
        try? LossNote(directory: directory, seams: seams).make()
        let last = lastEpoch(page, old)
        let continues = state.goesOn(under: terms)
        record.epoch = continues ? last : last + 1
        // First of all: a yes that can't be written down takes no effect.
        try Store.using(directory, seams) { store in
            if !continues { try leaveLossesUntold(store, before: record.epoch) }
            // What a deletion gives up is told now, and is nothing to the next identifier.
            let isMissed = try isMissed(directory.rotationIntent)
            let isForgotten = try isSendingForgotten(state, store)
            if isForgotten, !isMissed { record.isSendingForgotten = true }
            try ledger(of: store).append(.consentGiven(record))
            if isMissed { try ledger(of: store).append(.erasureImpossible(.rightLost)) }
        }
        // Off first, on last: whoever records under the old yes must not go on under none.
        if !continues, page.state?.isOn == true {
            let off = ConsentPage.State(epoch: last, isOn: false)
            guard try page.publish(off, inPlaceOf: word) else { throw overtaken }
            word = off.word
        }
        guard try publishYes(record, on: page, inPlaceOf: word) else {
            try recordNo(record, epoch: lastEpoch(page, record))
            throw overtaken
        }
        if !continues { settleYes() }
        return old.map { terms.added(to: $0.terms) } ?? terms.properties
    }

    /// No yes reaches back: what was lost before it is told to nobody.
    private func leaveLossesUntold(_ store: Store, before epoch: UInt32) throws {
        do {
            try Drain(gate: gate, catalogue: catalogue).adoptAll(into: store)
        } catch {
            seams.logger.log(.warning, "what was recorded before could not be taken in: \(error)")
        }
        try store.leaveLossesUntold(before: epoch)
    }

    /// Writes a yes down and publishes it in the place of a word; false if somebody has said no
    /// since that word was read. Then nothing is published, and the record is still to be mended.
    func publishYes(
        _ record: ConsentRecord, on page: ConsentPage, inPlaceOf word: UInt64
    ) throws(SystemError) -> Bool {
        try seams.files.replace(directory.consentRecord, with: record.serialized)
        let yes = ConsentPage.State(epoch: record.epoch, isOn: true)
        return try page.publish(yes, inPlaceOf: word)
    }

    /// Refuses where what was decided can't be read now: nothing may take its place.
    package func refuseUnread() throws(TelemetryError) { try refuseUnread(gate.read().state) }

    /// Runs a decision. What stands in the place of a file of it, or is shut, is told with what to
    /// do about that.
    func advising<Result>(_ decision: () throws -> Result) throws -> Result {
        do {
            return try decision()
        } catch let error as SystemError {
            guard let remedy = ConsentState.obstacleRemedy(directory, seams) else { throw error }
            throw TelemetryError(.storage, "\(error)", hint: "\(remedy), then try again")
        }
    }

    func refuseUnread(_ state: ConsentState) throws(TelemetryError) {
        guard let error = state.recordError else { return }
        let remedy = ConsentState.remedy(directory, seams).map { "\($0), then " } ?? ""
        throw TelemetryError(
            .storage, "what was decided before can't be read, so nothing takes its place: \(error)",
            hint: error.shortageHint ?? "\(remedy)try again")
    }

    private var overtaken: TelemetryError {
        TelemetryError(
            .blocked, "somebody said no while this yes was written down, so telemetry is off",
            hint: "enable again if it is wanted still")
    }

    /// Takes consent back, in all processes at once. Repeating it changes nothing.
    ///
    /// Batches that were not sent are void; recorded events stay to be seen until they are deleted
    /// or too old, and can never be sent.
    public func disable() throws {
        try refuseForeign()
        let page = try advising { try switchOff() }
        try tellingOff { try changing { try writeNo(page) } }
    }

    /// Writes down the no that a page says, while nobody else changes consent.
    func writeNo(_ page: ConsentPage) throws {
        let state = gate.read().state
        let record = state.record
        // Somebody may have said yes while this waited.
        if page.state?.isOn != false {
            try page.switchOff(above: lastEpoch(page, record))
        }
        // One that can't be read now stays: under the page's no it is none, and it alone knows what
        // was sent, and the secret that has it erased.
        if record?.isGiven != false, state.recordError == nil {
            try recordNo(record ?? recordOfNobody(state), epoch: lastEpoch(page, record))
        }
        settleNo()
        seams.noStands()
    }

    /// Runs what follows once telemetry is off, and says so of what fails there.
    func tellingOff(_ body: () throws -> Void) throws(TelemetryError) {
        do {
            try body()
        } catch {
            let remedy = ConsentState.obstacleRemedy(directory, seams)
            throw TelemetryError(
                .storage, "telemetry is off, but not all of that could be written down: \(error)",
                hint: remedy.map { "\($0), then disable again" }
                    ?? "disable again once that is mended")
        }
    }

    /// The page first, before all that could fail and without waiting for anybody: from here on
    /// nothing is recorded or sent, whatever happens to the rest.
    func switchOff() throws -> ConsentPage {
        do {
            try directory.prepareFolder(seams)
            let page = try ConsentPage(creating: directory.consentPage, seams.files)
            // Also where it is off, as it is for a moment in the middle of other changes.
            try page.switchOff(above: lastEpoch(page, gate.read().state.record))
            return page
        } catch {
            guard gate.read().state.consent == .given else { throw error }
            throw TelemetryError(
                .storage, "telemetry is still on: \(error)",
                hint: "disable again once that is mended")
        }
    }

    /// A record where none is known, which keeps that something may have been sent before.
    private func recordOfNobody(_ state: ConsentState) throws(SystemError) -> ConsentRecord {
        var record = freshRecord(.nothing, isGiven: false)
        let hasStore = try seams.files.status(of: directory.store) != nil
        let isForgotten =
            hasStore
            ? try? Store.using(directory, seams, acceptingNewer: true) { store in
                try isSendingForgotten(state, store)
            } : state.recordFault != nil
        if isForgotten != false { record.isSendingForgotten = true }
        return record
    }

    private func recordNo(_ old: ConsentRecord, epoch: UInt32) throws(SystemError) {
        var record = old
        record.isGiven = false
        record.epoch = epoch
        record.decidedAt = seams.clock.now().rfc3339
        try seams.files.replace(directory.consentRecord, with: record.serialized)
    }

    /// Marks what was sealed under an earlier yes and not sent: whoever looks sees at once what may
    /// have left. It never leaves again in any case, and `fit` makes up for what fails here.
    private func settleYes() {
        do {
            try Store.using(directory, seams) { store in try sealer.voidEarlier(in: store) }
        } catch {
            tellUnmarked(error)
        }
    }

    /// Writes the no down, and marks what was sealed and not sent. It could not leave in any case:
    /// its epoch is over. What fails here is made up for when the store is opened next.
    private func settleNo() {
        do {
            try finishIntentsLocked()
            let store = try openStore() ?? Store.open(directory, seams)
            try ledger(of: store).noteConsent(gate.read().state)
            try store.database.transaction { try voidBatches(store) }
        } catch {
            tellUnmarked(error)
        }
    }

    private func tellUnmarked(_ error: any Error) {
        seams.logger.log(
            .warning, "unsent batches could not be marked; they are never sent: \(error)")
    }

    /// Marks the batches that were not sent, within a transaction.
    func voidBatches(_ store: Store) throws {
        let unsent = "state IN \(SealedBatch.State.unsentList)"
        // That one without bytes was given up is told already.
        let batches = try store.database.rows(
            "SELECT uid FROM batches WHERE \(unsent) AND length(body) > 0"
        ) { $0.text(0) }
        try store.database.run("UPDATE batches SET \(Store.voiding) WHERE \(unsent)")
        for uid in batches { try ledger(of: store).append(.batch(.batchVoided, uid)) }
    }

    /// The highest epoch so far. Where none is known any more the count begins anew at random, so
    /// that no earlier event is taken for one of the next yes.
    private func lastEpoch(_ page: ConsentPage, _ record: ConsentRecord?) -> UInt32 {
        let known = max(page.state?.epoch ?? 0, record?.epoch ?? 0)
        return known > 0 ? known : UInt32(truncatingIfNeeded: seams.random.uint64() >> 34)
    }

    /// A record with an identifier of its own; its epoch is still to be set.
    func freshRecord(_ terms: ConsentTerms, isGiven: Bool) -> ConsentRecord {
        let salt = Hex.encode(seams.random.bytes(16))
        return ConsentRecord(
            product: product.name, isGiven: isGiven, epoch: 0, decidedAt: seams.clock.now().rfc3339,
            installationID: isGiven ? randomUUID() : nil,
            erasureSecret: isGiven ? Hex.encode(seams.random.bytes(32)) : nil,
            machine: ConsentState.machineHash(salt, seams), machineSalt: salt, terms: terms)
    }

    /// A random UUID, version 4 (RFC 9562, section 5.4).
    func randomUUID() -> String {
        var bytes = seams.random.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
            .map { String(hex[$0]) }.joined(separator: "-")
    }

    private var configurationError: TelemetryError {
        TelemetryError(
            .configuration,
            gate.configurationProblem ?? "the configuration forbids telemetry: telemetry.enabled "
                + "is false",
            hint: "correct the configuration file first")
    }

    private var policyError: TelemetryError {
        TelemetryError(
            .blocked,
            "the administrator forbids telemetry: \(seams.policyPath ?? product.policyPath)",
            hint: "ask whoever looks after this machine")
    }
}
