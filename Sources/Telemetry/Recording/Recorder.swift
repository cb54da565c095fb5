// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CSystem
import Glibc
import Modules
import Synchronization

/// The recording half of a module: the gate's fast path and this process's journal.
///
/// Never throws and never waits for a disk or a network. What goes wrong is told once per reason.
final class Recorder: Sendable {
    /// How often consent may change within one process before it records no more: each change
    /// keeps a few hundred bytes, since a thread may still be at work with them.
    static let snapshotsMax = 10_000

    let gate: GateReader
    let switchboard = Switchboard()
    private let clock: any WallClock
    private let hasSystemClock: Bool
    private let catalogue: Catalogue
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var page: ConsentPage?
        var journal: Journal?
        /// Every snapshot that was ever current: threads may still hold its address.
        var snapshots: [Snapshot] = []
        var told: Set<String> = []
    }

    /// - Parameter wake: called when much waits in the journal; must neither block nor allocate.
    init(gate: GateReader, catalogue: Catalogue, wake: @escaping @Sendable () -> Void) {
        self.gate = gate
        clock = gate.seams.clock
        hasSystemClock = gate.seams.clock is SystemClock
        self.catalogue = catalogue
        self.wake = wake
    }

    /// This process's journal; nil as long as nothing may be recorded.
    var journal: Journal? { state.withLock { $0.journal } }

    /// Runs `body` with what recording needs now; nil if nothing may be recorded, or this is a
    /// forked child.
    @inline(__always)
    func withLive<Result>(_ body: (Snapshot, Snapshot.Live) -> Result?) -> Result? {
        guard let table = unsafe switchboard.table else { return nil }
        // The state keeps every snapshot alive for as long as the recorder lives.
        return unsafe table.pointee.owner._withUnsafeGuaranteedRef { snapshot in
            guard snapshot.isCurrent else {
                return renewed().flatMap { new in new.live.flatMap { body(new, $0) } }
            }
            return snapshot.live.flatMap { body(snapshot, $0) }
        }
    }

    /// The time of day from the coarse clock; from the seam if a test has put its own in.
    @inline(__always)
    func coarseNanoseconds() -> Int64 {
        hasSystemClock ? csystem_coarse_now() : clock.coarseNow().nanoseconds
    }

    @inline(never)
    private func renewed() -> Snapshot? {
        state.withLock { state in
            if let last = state.snapshots.last, last.isCurrent { return last }
            renew(&state)
            return state.snapshots.last
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
            if state.page != nil { renew(&state) }
        }
    }

    private func renew(_ state: inout State) {
        guard let page = state.page, state.snapshots.count < Self.snapshotsMax else {
            switchboard.off()
            return
        }
        let word = page.word
        let (facts, consent) = gate.read()
        let causes = Gate.causes(blocking: .recording, facts)
        var live: Snapshot.Live?
        if causes.isEmpty, let epoch = consent.epoch { live = self.live(epoch, consent, &state) }
        state.journal?.publish(causes)
        if let last = state.snapshots.last, last.word == word, last.page.isSame(as: page),
            last.live?.encoder.epoch == live?.encoder.epoch
        {
            return switchboard.publish(last)
        }
        let snapshot = Snapshot(
            page: page, word: word, live: live, hasSystemClock: hasSystemClock)
        state.snapshots.append(snapshot)
        switchboard.publish(snapshot)
    }

    private func live(
        _ epoch: UInt32, _ consent: ConsentState, _ state: inout State
    ) -> Snapshot.Live? {
        do {
            if state.journal == nil {
                state.journal = try JournalMaker(gate: gate, catalogue: catalogue).make(wake)
            }
        } catch {
            tell("\(error)", &state)
        }
        let permit = Permit(current: gate.terms, agreed: consent.record?.terms)
        return state.journal.map { journal in
            Snapshot.Live(
                journal: journal, encoder: EventEncoder(catalogue, permit, epoch: epoch))
        }
    }

    /// Records nothing from here on, but for what other threads have begun. Returns the journal,
    /// for the last flush.
    func close() -> Journal? {
        state.withLock { state in
            switchboard.off()
            state.page = nil
            defer { state.journal = nil }
            return state.journal
        }
    }

    /// Every reason that was logged.
    var told: [String] { state.withLock { $0.told.sorted() } }

    /// Logs a reason once per process.
    func tell(_ reason: String) { state.withLock { tell(reason, &$0) } }

    private func tell(_ reason: String, _ state: inout State) {
        guard state.told.insert(reason).inserted else { return }
        gate.seams.logger.log(.warning, "telemetry: \(reason)")
    }
}
