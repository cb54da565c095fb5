// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Synchronization

/// The recording half of a module: the gate's fast path and this process's journal.
///
/// Never throws and never waits for a disk or a network. What goes wrong is told once per reason.
final class Recorder: Sendable {
    private let gate: GateReader
    private let catalogue: Catalogue
    private let state = Mutex(State())
    private let processNumber = getpid()

    private struct State {
        var page: ConsentPage?
        var journal: Journal?
        /// The page's word for which `encoder` was made.
        var word: UInt64 = 0
        var encoder: EventEncoder?
        var told: Set<String> = []
    }

    init(gate: GateReader, catalogue: Catalogue) {
        self.gate = gate
        self.catalogue = catalogue
    }

    /// This process's journal; nil as long as nothing may be recorded.
    var journal: Journal? { state.withLock { $0.journal } }

    /// Records one event; false if it is not recorded.
    ///
    /// `properties` is only built when events of some kind may be recorded at all.
    func record(_ name: String, _ properties: () -> [String: PropertyValue]) -> Bool {
        // A child that was forked shares the parent's memory, but is not the parent.
        guard getpid() == processNumber, let (encoder, journal) = ready() else { return false }
        let outcome = encoder.encode(name, properties(), at: gate.seams.clock.now())
        for _ in 0..<outcome.refusals { journal.count(.catalogue) }
        guard let record = outcome.record else { return false }
        return journal.append(record)
    }

    /// What is needed to record, as long as the page says what it said when it was made; else the
    /// whole gate is asked again.
    private func ready() -> (EventEncoder, Journal)? {
        state.withLock { state in
            guard let page = state.page else { return nil }
            if page.word != state.word || state.encoder == nil { refresh(&state, page) }
            guard let encoder = state.encoder, let journal = state.journal else { return nil }
            return (encoder, journal)
        }
    }

    /// Asks the gate anew; opens page and journal once there is a yes.
    func refresh() {
        state.withLock { state in
            if state.page == nil {
                // Without a page there is no consent, and nothing may be made before there is one.
                state.page = try? ConsentPage(
                    opening: gate.directory.consentPage, gate.seams.files)
            }
            if let page = state.page { refresh(&state, page) }
        }
    }

    private func refresh(_ state: inout State, _ page: ConsentPage) {
        state.word = page.word
        state.encoder = nil
        let (facts, consent) = gate.read()
        guard Gate.causes(blocking: .recording, facts).isEmpty, let epoch = consent.epoch else {
            return
        }
        do {
            if state.journal == nil {
                try gate.directory.prepare(gate.seams)
                state.journal = try Journal(
                    creatingIn: gate.directory.journals, JournalTable(catalogue),
                    processNumber: processNumber, gate.seams)
            }
            state.encoder = EventEncoder(
                catalogue: catalogue,
                permit: Permit(current: gate.terms, agreed: consent.record?.terms), epoch: epoch)
        } catch {
            tell("\(error)", &state)
        }
    }

    /// Lets go of the journal, after the last flush.
    func close() {
        state.withLock { state in
            state.encoder = nil
            state.page = nil
            state.journal = nil
        }
    }

    /// Logs a reason once per process.
    func tell(_ reason: String) { state.withLock { tell(reason, &$0) } }

    private func tell(_ reason: String, _ state: inout State) {
        guard state.told.insert(reason).inserted else { return }
        gate.seams.logger.log(.warning, "telemetry does not record: \(reason)")
    }
}
