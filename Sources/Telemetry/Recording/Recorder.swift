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
    private let clock: any WallClock
    private let hasSystemClock: Bool
    let onSwitch = OnSwitch()
    private let catalogue: Catalogue
    private let state = Mutex(State())
    // The current snapshot's address; 0 if there is none, and in every forked child.
    private let current: ForkGuardedWord?

    private struct State {
        var page: ConsentPage?
        var journal: Journal?
        /// Every snapshot that was ever current: threads may still hold its address.
        var snapshots: [Snapshot] = []
        var told: Set<String> = []
    }

    init(gate: GateReader, catalogue: Catalogue) {
        self.gate = gate
        clock = gate.seams.clock
        hasSystemClock = gate.seams.clock is SystemClock
        self.catalogue = catalogue
        // Without such a page a forked child could not be told from its parent: no recording.
        current = try? ForkGuardedWord()
    }

    /// This process's journal; nil as long as nothing may be recorded.
    var journal: Journal? { state.withLock { $0.journal } }

    /// Runs `body` with what holds as long as the page says what it said when the gate was asked;
    /// nil if nothing may be recorded, or this is a forked child.
    @inline(always)
    func withSnapshot<Result>(_ body: (Snapshot) -> Result?) -> Result? {
        guard let current, let address = unsafe Self.address(current.pointer) else { return nil }
        // The state keeps every snapshot alive for as long as the recorder lives.
        return unsafe Unmanaged<Snapshot>.fromOpaque(address)._withUnsafeGuaranteedRef {
            $0.isCurrent ? body($0) : renewed().flatMap(body)
        }
    }

    @inline(always)
    private static func address(_ word: UnsafePointer<UInt64>) -> UnsafeRawPointer? {
        unsafe UnsafeRawPointer(bitPattern: UInt(csystem_load_acquire(word)))
    }

    /// The time of day from the coarse clock; from the seam if a test has put its own in.
    @inline(always)
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

    /// Records one event; false if it is not recorded.
    ///
    /// `properties` is only built when events of this type may be recorded.
    func record(_ name: String, _ properties: () -> [String: PropertyValue]) -> Bool {
        withSnapshot { snapshot in snapshot.live.map { record(name, properties, $0) } } ?? false
    }

    private func record(
        _ name: String, _ properties: () -> [String: PropertyValue], _ live: Snapshot.Live
    ) -> Bool {
        guard let index = catalogue.index(of: name) else {
            live.journal.count(.catalogue)
            return false
        }
        guard live.encoder.allowedProperties(ofEvent: index) != nil else { return false }
        let values = properties()
        let nanoseconds = coarseNanoseconds()
        let room = RecordLayout.bytesMax(properties: values.count)
        return live.journal.append(room) { reserved in
            var writer = unsafe RecordWriter(at: reserved.place)
            let refusals = live.encoder.write(values, ofEvent: index, to: &writer)
            if refusals > 0 { live.journal.count(.catalogue, refusals) }
            return writer.finish(
                event: UInt16(index), epoch: live.encoder.epoch, nanoseconds: nanoseconds,
                position: reserved.position)
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
            current?.store(0)
            onSwitch.off()
            return
        }
        let word = page.word
        let (facts, consent) = gate.read()
        let isOpen = Gate.causes(blocking: .recording, facts).isEmpty
        var live: Snapshot.Live?
        if isOpen, let epoch = consent.epoch { live = self.live(epoch, consent, &state) }
        if let last = state.snapshots.last, last.word == word, last.page.isSame(as: page),
            last.live?.encoder.epoch == live?.encoder.epoch
        {
            return publish(last)
        }
        let snapshot = Snapshot(page: page, word: word, live: live)
        state.snapshots.append(snapshot)
        publish(snapshot)
    }

    private func publish(_ snapshot: Snapshot) {
        let pointer = unsafe Unmanaged.passUnretained(snapshot).toOpaque()
        current?.store(UInt64(UInt(bitPattern: pointer)))
        // Off by the page: its next change is noticed at once. Off for another reason: the next
        // look at the gate notices.
        let isOffByPage = ConsentPage.State(word: snapshot.word)?.isOn == false
        if snapshot.live != nil || isOffByPage {
            onSwitch.follow(snapshot.page)
        } else {
            onSwitch.off()
        }
    }

    private func live(
        _ epoch: UInt32, _ consent: ConsentState, _ state: inout State
    ) -> Snapshot.Live? {
        do {
            if state.journal == nil {
                try gate.directory.prepare(gate.seams)
                state.journal = try Journal(
                    creatingIn: gate.directory.journals, JournalTable(catalogue),
                    processNumber: getpid(), gate.seams)
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

    /// Records nothing from here on. Returns the journal, for the last flush.
    func close() -> Journal? {
        state.withLock { state in
            current?.store(0)
            onSwitch.off()
            state.page = nil
            defer { state.journal = nil }
            return state.journal
        }
    }

    /// Logs a reason once per process.
    func tell(_ reason: String) { state.withLock { tell(reason, &$0) } }

    private func tell(_ reason: String, _ state: inout State) {
        guard state.told.insert(reason).inserted else { return }
        gate.seams.logger.log(.warning, "telemetry: \(reason)")
    }
}

extension RecordLayout {
    /// The most bytes of a typed record, with `EventKey.propertiesMax` properties.
    static var typedBytesMax: Int { bytesMax(properties: 16) }

    /// The most bytes of a record with so many properties.
    static func bytesMax(properties: Int) -> Int {
        (headerBytes + min(properties, propertiesMax) * propertyBytesMax + 7) / 8 * 8
    }
}
