// SPDX-License-Identifier: Apache-2.0

import CSystem
import Catalogue
import Dispatch
import Glibc
import Modules
import Synchronization

/// The recording half of a module: the gate's fast path and this process's journal.
///
/// Never throws and never waits for a disk or a network. What goes wrong is told once per reason.
final class Recorder: Sendable {
    /// Reasons that are logged and remembered.
    static let reasonsMax = 64

    /// How often consent may change within one process before it records no more: each change
    /// keeps a few hundred bytes, since a thread may still be at work with them.
    static let snapshotsMax = 10_000

    /// How many journals one process makes: another one where it finds the folder replaced.
    static let journalsMax = 8

    /// How long events may wait for the gate after a change of consent, in milliseconds.
    static let renewalMilliseconds = 250

    let gate: GateReader
    let switchboard = Switchboard()
    private let clock: any WallClock
    private let hasSystemClock: Bool
    let catalogue: Catalogue
    private let wake: @Sendable () -> Void
    /// Never held over a look at the disk.
    private let state = Mutex(State())
    /// Held over such looks, and by nobody whom an event waits for.
    private let renewing = Mutex(())
    private let renewals = DispatchQueue(label: "telemetry.consent")
    private let awaited = Mutex(Renewal())
    private let starved = Atomic<Int64>(0)
    private let processNumber = getpid()

    private struct State {
        var page: ConsentPage?
        /// Every journal that was made, that of the folder which is there last.
        var journals: [PlacedJournal] = []
        /// Every snapshot that was ever current: threads may still hold its address.
        var snapshots: [Snapshot] = []
        var told: Set<String> = []
        var isClosed = false

        mutating func use(_ placed: PlacedJournal) {
            let known = journals.first { $0.journal === placed.journal }
            journals.removeAll { $0.journal === placed.journal }
            journals.append(known ?? placed)
        }
    }

    /// The renewal that events wait for.
    private struct Renewal {
        /// What the consent page said then; 0 for none.
        var word: UInt64 = 0
        var group = DispatchGroup()
        var deadline = DispatchTime.now()
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
    var journal: Journal? { journals.last?.journal }

    /// All journals of this process: where the folder was replaced while it ran, there are several.
    var journals: [PlacedJournal] { state.withLock { $0.journals } }

    /// Runs `body` with what recording needs now; nil if nothing may be recorded, or this is a
    /// forked child.
    @inline(__always)
    func withLive<Result>(_ body: (Snapshot, Snapshot.Live) -> Result?) -> Result? {
        guard let table = unsafe switchboard.table else { return nil }
        // The state keeps every snapshot alive for as long as the recorder lives.
        return unsafe table.pointee.owner._withUnsafeGuaranteedRef { snapshot in
            guard snapshot.isCurrent else {
                return renewed(snapshot).flatMap { new in new.live.flatMap { body(new, $0) } }
            }
            if snapshot.isStarved { starved.add(1, ordering: .relaxed) }
            return snapshot.live.flatMap { body(snapshot, $0) }
        }
    }

    /// The time of day from the coarse clock; from the seam if a test has put its own in.
    @inline(__always)
    func coarseNanoseconds() -> Int64 {
        hasSystemClock ? csystem_coarse_now() : clock.coarseNow().nanoseconds
    }

    private var current: Snapshot? {
        state.withLock { state in state.snapshots.last.flatMap { $0.isCurrent ? $0 : nil } }
    }

    /// What holds after a change of consent. The gate is asked by another thread, since that looks
    /// at the disk; an event that waits longer than ``renewalMilliseconds`` is lost, and counted.
    @inline(never)
    private func renewed(_ stale: Snapshot) -> Snapshot? {
        let word = stale.page.word
        guard ConsentPage.State(word: word)?.isOn == true else { return nil }
        if let current { return current }
        guard hasSystemClock else {
            // Whoever has taken the clock over decides what runs when.
            refresh()
            return current
        }
        let renewal = awaited.withLock { renewal in
            if renewal.word != word {
                let wait = DispatchTimeInterval.milliseconds(Self.renewalMilliseconds)
                renewal = Renewal(word: word, deadline: .now() + wait)
                renewals.async(group: renewal.group) { self.refresh() }
            }
            return renewal
        }
        _ = renewal.group.wait(timeout: renewal.deadline)
        if let current { return current }
        stale.live?.journal.count(.queueFull)
        return nil
    }

    /// Whether this is the process that made the recorder, and no forked child of it: journal and
    /// store are the parent's alone, and the child's copies of their locks may never be let go.
    var isOurs: Bool { getpid() == processNumber }

    /// Asks the gate anew; opens page and journal once there is a yes. Never in a forked child.
    func refresh() {
        guard isOurs else { return }
        // Without a page there is no consent, and nothing may be made before there is one.
        let problem = renewing.withLock { _ in consentPage().flatMap { renew($0) } }
        if let problem { tell(problem) }
    }

    /// The page that stands in the folder now: the folder may have been put there anew since.
    private func consentPage() -> ConsentPage? {
        let known = state.withLock { $0.page }
        let path = gate.directory.consentPage
        guard let found = try? ConsentPage(opening: path, gate.seams.files) else { return known }
        return known?.isSameFile(as: found) == true ? known : found
    }

    /// Runs in one thread at a time. Returns why there is no journal where there should be one.
    private func renew(_ page: ConsentPage) -> String? {
        let word = page.word
        let (facts, consent) = gate.read()
        let causes = Gate.causes(blocking: .recording, facts)
        var live: Snapshot.Live?
        var problem: String?
        if causes.isEmpty, let epoch = consent.epoch {
            do {
                live = try self.live(epoch, consent)
            } catch {
                problem = (error as? TelemetryError)?.withHint ?? "\(error)"
            }
        }
        state.withLock { state in
            guard !state.isClosed else { return }
            state.page = page
            if let live { state.use(PlacedJournal(journal: live.journal, page: page)) }
            state.journals.last?.journal.publish(causes)
            let isStarved = causes.isEmpty && live == nil
            if let last = state.snapshots.last, last.isSame(page, word, live, isStarved) {
                return switchboard.publish(last)
            }
            guard state.snapshots.count < Self.snapshotsMax else { return switchboard.off() }
            let snapshot = Snapshot(
                page: page, word: word, live: live, isStarved: isStarved,
                hasSystemClock: hasSystemClock)
            state.snapshots.append(snapshot)
            switchboard.publish(snapshot)
        }
        return problem
    }

    private func live(_ epoch: UInt32, _ consent: ConsentState) throws -> Snapshot.Live {
        let journal = try journalOfFolder()
        let permit = Permit(current: gate.terms, agreed: consent.record?.terms)
        return Snapshot.Live(
            journal: journal, encoder: EventEncoder(catalogue, permit, epoch: epoch))
    }

    /// Whether events are recorded from here on, as far as the gate was asked.
    var isRecording: Bool {
        state.withLock { $0.snapshots.last.map { !$0.isStarved } ?? false } && switchboard.isOn
    }

    /// The journal in the folder that is there, made if there is none: one that was removed, or
    /// moved away with its folder, would keep what is recorded now from whoever comes next.
    private func journalOfFolder() throws -> Journal {
        let journals = journals
        let isThere = { (placed: PlacedJournal) in placed.journal.isThere(self.gate.seams.files) }
        if let placed = journals.last(where: isThere) { return placed.journal }
        guard journals.count < Self.journalsMax else {
            throw TelemetryError(
                .storage, "the journal was removed, or its folder replaced, too often",
                hint: "start the program again")
        }
        return try JournalMaker(gate: gate, catalogue: catalogue).make(wake)
    }

    /// How many events were lost since the last time since no journal could be made under a yes.
    func takeStarved() -> Int64 { starved.exchange(0, ordering: .relaxed) }

    /// Counts them again: they could not be noted.
    func giveBackStarved(_ count: Int64) { starved.add(count, ordering: .relaxed) }

    /// Records nothing from here on, but for what other threads have begun. Returns the journals,
    /// for the last flush.
    func close() -> [PlacedJournal] {
        state.withLock { state in
            switchboard.off()
            (state.page, state.isClosed) = (nil, true)
            defer { state.journals = [] }
            return state.journals
        }
    }

    /// Whether it was closed, for good.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Every reason that was logged.
    var told: [String] { state.withLock { $0.told.sorted() } }

    /// Logs a reason once per process. The host's sink may take its time, and may ask the module:
    /// no event waits for it. The last one for which there is room says that it is the last.
    func tell(_ reason: String) {
        let count = state.withLock { state in
            state.told.count < Self.reasonsMax && state.told.insert(reason).inserted
                ? state.told.count : nil
        }
        guard let count else { return }
        let end = count == Self.reasonsMax ? "; no further reasons are told" : ""
        gate.seams.logger.log(.warning, "telemetry: \(reason)\(end)")
    }
}
