// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import Dispatch
public import Modules
import SQLite
import Synchronization

/// Telemetry inside a program: records events if, and only if, the person agreed.
///
/// No call throws, or fails its caller. Recording waits for no disk, but that the first events
/// after a change of consent wait for the gate, 250 ms at most. `status` and `blockedBy` read the
/// record of consent and the administrator's policy; `initialize` and `flush` do their work at
/// once. None waits for a network, but that the first identifier that is moved to the store has
/// the system asked for the user's name, which some keep on a server. Several modules, also of
/// several processes, may share a home, if all have one product and one catalogue: a yes covers
/// what its catalogue declares; what another declares is dropped by who does not know it.
@safe public final class TelemetryModule: Module {
    /// How often the journal is moved to the store.
    static let flushMilliseconds = 5000
    /// How long `shutdown` waits for the last move, at most.
    public static let shutdownMilliseconds = 250
    /// How much of that is left for telling that it was too short.
    private static let tellingMilliseconds = 10

    /// `telemetry`.
    public let name = "telemetry"
    /// What the module was set up with.
    public let configuration: TelemetryModuleConfig
    let catalogue: Catalogue
    let gate: GateReader
    let recorder: Recorder
    // Set once; points to the recorder's switchboard, which lives as long as this module.
    @usableFromInline nonisolated(unsafe) let switchboard: UnsafePointer<UInt64>
    let queue: DispatchQueue
    private let waker = Waker()
    let handlers: EventHandlers
    private let isRunning = Mutex(false)
    /// When this process last deleted what is old without a journal of its own.
    private let lastDeletion = Mutex<Day?>(nil)

    /// Makes a module; touches no disk.
    ///
    /// - Parameters:
    ///   - product: the program.
    ///   - catalogue: all that it may record.
    ///   - config: what the person or the host configured.
    ///   - home: the program's home; data lies in its folder `telemetry` unless the configuration
    ///     says otherwise.
    ///   - seams: what is taken from outside.
    ///   - configurationProblem: what is wrong with the configuration file; anything but nil
    ///     keeps telemetry off.
    public init(
        for product: Product, catalogue: Catalogue = .standard, config: TelemetryModuleConfig,
        home: String, seams: TelemetrySeams, configurationProblem: String? = nil
    ) {
        configuration = config
        self.catalogue = catalogue
        gate = GateReader(
            product: product, config: config,
            configurationProblem: configurationProblem ?? config.problem(in: catalogue),
            terms: ConsentTerms(catalogue: catalogue, config: config),
            directory: TelemetryDirectory(config.storagePath ?? "\(home)/telemetry"), seams: seams)
        queue = DispatchQueue(label: "telemetry")
        let recorder = Recorder(gate: gate, catalogue: catalogue) { [waker] in waker.wake() }
        self.recorder = recorder
        handlers = EventHandlers { recorder.tell($0) }
        unsafe switchboard = recorder.switchboard.pointer
    }

    deinit { waker.end() }

    /// Begins to record if that is allowed, and from now on whenever it becomes allowed. A deletion
    /// that was cut short ends first; if that takes longer than 250 ms, recording begins after it.
    ///
    /// A module that was shut down can't begin again, as `status.problems` then says: make another.
    /// Does nothing in a forked child, which may make a module of its own.
    public func initialize() { initialize(flushMilliseconds: Self.flushMilliseconds) }

    /// The same with another time between two moves of the journal to the store; with nil it is
    /// moved where that is asked for, and not by a thread of its own.
    package func initialize(flushMilliseconds: Int?) {
        guard recorder.isOurs else { return }
        guard !recorder.isClosed else {
            return recorder.tell("a module that was shut down can't begin again: make another")
        }
        begin(isPatient: flushMilliseconds == nil)
        isRunning.withLock { $0 = true }
        guard let flushMilliseconds else { return }
        waker.start(everyMilliseconds: flushMilliseconds) { [weak self] in
            guard let self else { return }
            queue.sync { if isRunning.withLock({ $0 }) { move() } }
        }
    }

    /// Records one event; false if it is not recorded.
    ///
    /// Undeclared properties are dropped and counted; the event stays. `properties` is not even
    /// built while nothing may be recorded.
    @inlinable
    @discardableResult
    public func trackEvent(
        _ name: String, _ properties: @autoclosure () -> [String: PropertyValue] = [:]
    ) -> Bool {
        onWord != nil && record(name, properties)
    }

    @usableFromInline
    func record(_ name: String, _ properties: () -> [String: PropertyValue]) -> Bool {
        recorder.record(name, properties)
    }

    /// Runs `body` and records how long it took as `feature_usage`; if it throws, an `error` too.
    /// What began before the consent that holds at its end is not recorded as used. A body that
    /// waits (`async`) can't be given: take the time, and record the event with `trackEvent`.
    ///
    /// - Parameter feature: a word of the property `feature` as the catalogue declares it; another
    ///   one is recorded as `other`. A program declares its own words by a `feature_usage` of its
    ///   own in place of the shipped one.
    public func measure<Result, Failure: Error>(
        _ feature: String, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let clock = gate.seams.clock
        let start = clock.uptimeNanoseconds()
        let consent = consentNumber
        defer {
            let duration = Duration.nanoseconds(clock.uptimeNanoseconds() - start)
            if consent == consentNumber {
                trackEvent(
                    "feature_usage",
                    ["feature": .string(feature), "duration_ms": PropertyValue(duration)])
            }
        }
        do throws(Failure) {
            return try body()
        } catch {
            trackEvent("error", ["feature": .string(feature), "error_type": "other"])
            throw error
        }
    }

    /// Records `config_change` for each setting whose value is not what it was at the last run
    /// under this consent. Values are never recorded. Returns at once.
    ///
    /// - Parameter settings: values by the names of the catalogue's property `setting`.
    public func noteSettings(_ settings: [String: String]) {
        guard recorder.isOurs else { return }
        queue.async { [self] in
            guard recorder.journal != nil, let epoch = gate.read().state.epoch else { return }
            do {
                let store = try Store.open(gate.directory, gate.seams)
                let memory = SettingsMemory(store: store, gate: gate, epoch: epoch)
                for name in try memory.changes(settings) {
                    trackEvent("config_change", ["setting": .string(name)])
                }
                Journal.giveBackThisThread()
            } catch {
                recorder.tell("\(error)")
            }
        }
    }

    /// Moves what was recorded so far to the store, and waits for that. Does nothing in a forked
    /// child: its parent does.
    public func flush() {
        guard recorder.isOurs else { return }
        queue.sync { move() }
    }

    /// Moves what was recorded to the store and gives everything back.
    ///
    /// Waits 250 ms at most, and never for a network. What is not moved by then stays in the
    /// journal, which the next process adopts.
    public func shutdown() { shutdown(within: Self.shutdownMilliseconds) }

    /// The same with another bound on how long it waits, in milliseconds.
    public func shutdown(within milliseconds: Int) {
        // A forked child has nothing of its own here, and its parent goes on.
        guard recorder.isOurs else { return }
        isRunning.withLock { $0 = false }
        waker.end()
        let hasJournal = recorder.journal != nil
        let done = DispatchGroup()
        // This thread is in the middle of no record.
        Journal.giveBackThisThread()
        let deadline = DispatchTime.now() + .milliseconds(milliseconds)
        queue.async(group: done) { [self] in end() }
        let patience = Swift.max(0, milliseconds - Self.tellingMilliseconds)
        guard done.wait(timeout: .now() + .milliseconds(patience)) == .timedOut, hasJournal else {
            return
        }
        // The host's log may be stuck: its own thread, and no longer than was promised.
        let told = DispatchSemaphore(value: 0)
        let isTelling: Void? = try? DetachedThread.start { [recorder] in
            recorder.tell("the last events wait in the journal for the next start")
            told.signal()
        }
        if isTelling != nil { _ = told.wait(timeout: deadline) }
    }

    /// Moves what is in the journal to the store, and what processes left that ended. Runs on the
    /// module's queue.
    private func move() {
        finishDeletion()
        recorder.refresh()
        noteStarved()
        do {
            try move(recorder.journals) { store, drain in try drain.adoptAll(into: store) }
        } catch {
            recorder.tell("\(error)")
        }
    }

    /// Counts what was lost for want of a journal: in the store, or where that can't be opened in
    /// a note beside it. Either outlives this process.
    private func noteStarved() {
        let count = recorder.takeStarved()
        guard count > 0 else { return }
        let (directory, seams) = (gate.directory, gate.seams)
        do {
            try directory.check(seams)
            do {
                try Store.using(directory, seams) { try $0.addLoss(.queueFull, count) }
            } catch {
                recorder.tell("\(error)")
                try LossNote(directory: directory, seams: seams).add(count)
            }
        } catch {
            recorder.giveBackStarved(count)
            recorder.tell("\(error)")
        }
    }

    /// What was recorded before a no gets old too, where nothing is recorded that moves it.
    private func deleteOld() {
        let today = gate.seams.clock.now().day
        let isDone = lastDeletion.withLock { $0 == today }
        do {
            guard !isDone, try gate.seams.files.status(of: gate.directory.store) != nil,
                gate.read().state.foreignProduct == nil
            else { return }
            try gate.directory.check(gate.seams)
            try Store.using(gate.directory, gate.seams) { store in
                try store.database.keepLogOnClose()
                try Retention(config: configuration, gate: gate).apply(to: store)
            }
            lastDeletion.withLock { $0 = today }
        } catch {
            recorder.tell("\(error)")
        }
    }

    private func move(
        _ journals: [PlacedJournal], _ andThen: (Store, Drain) throws -> Void = { _, _ in }
    ) throws {
        let journals = journals.filter(isAtHome).map(\.journal)
        guard !journals.isEmpty else { return deleteOld() }
        try Store.using(gate.directory, gate.seams) { store in
            // Nobody waits for a disk here, the caller of `shutdown` least of all.
            try store.database.keepLogOnClose()
            let drain = Drain(gate: gate, catalogue: catalogue, wanted: handlers.names)
            for journal in journals {
                let outcome = try drain.drain(journal, into: store) {
                    try Retention(config: configuration, gate: gate).apply(to: store)
                }
                handlers.deliver(outcome.events)
            }
            try andThen(store, Drain(gate: gate, catalogue: catalogue))
        }
    }

    /// What was recorded in a folder that is away is put into no other one.
    private func isAtHome(_ placed: PlacedJournal) -> Bool {
        if placed.isAtHome(gate) { return true }
        if !placed.journal.isEmpty {
            recorder.tell("\(placed.journal.path) is not there: events wait for it")
        }
        return false
    }

    /// Takes the last events, and removes each journal if nothing can be in it any more. Where
    /// another thread could still be putting a record in, the journal stays for the next process.
    private func end() {
        let journals = recorder.close()
        noteStarved()
        let quiet = journals.filter { $0.journal.close() }.map(\.journal)
        guard !journals.isEmpty else { return }
        do {
            try move(journals)
            for journal in quiet where journal.isEmpty && journal.isThere(gate.seams.files) {
                try gate.seams.files.remove(journal.path)
            }
        } catch {
            recorder.tell("\(error)")
        }
    }
}
