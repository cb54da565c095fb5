// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import Modules

/// What a person decides and sees: consent, status, the data itself, its deletion.
///
/// The counterpart of `TelemetryModule`, which records. It keeps nothing of the home in memory; two
/// threads that decide at once wait for each other as two processes would.
public final class TelemetryControl: Sendable {
    /// How long a change of consent waits for another one.
    static let lockMilliseconds: Int32 = 2000

    package let product: Product
    let catalogue: Catalogue
    let config: TelemetryModuleConfig
    let gate: GateReader
    var directory: TelemetryDirectory { gate.directory }
    var seams: TelemetrySeams { gate.seams }

    /// Makes a view of a home; touches no disk. The parameters are those of `TelemetryModule`.
    public convenience init(
        for product: Product, catalogue: Catalogue = .standard, config: TelemetryModuleConfig,
        home: String, seams: TelemetrySeams, configurationProblem: String? = nil
    ) {
        let gate = GateReader(
            product: product, config: config,
            configurationProblem: configurationProblem ?? config.problem(in: catalogue),
            terms: ConsentTerms(catalogue: catalogue, config: config),
            directory: TelemetryDirectory(config.storagePath ?? "\(home)/telemetry"), seams: seams)
        self.init(of: gate, catalogue: catalogue)
    }

    /// Makes a view of what a gate looks at.
    init(of gate: GateReader, catalogue: Catalogue) {
        product = gate.product
        config = gate.config
        self.catalogue = catalogue
        self.gate = gate
    }

    /// What a yes would cover now.
    public var terms: ConsentTerms { gate.terms }

    /// What the last yes covered; nil if nobody ever decided.
    public var agreedTerms: ConsentTerms? { gate.read().state.record?.terms }

    /// Whether what was recorded under an earlier yes, or under the one that stands, would never
    /// leave under a yes to the terms of now.
    package var wouldLeaveBehind: Bool {
        let state = gate.read().state
        return state.record?.terms.properties.isEmpty == false && !state.goesOn(under: terms)
    }

    /// Whether something was sent, or may have been, under the identifier with which the next yes
    /// goes on.
    package var isIdentifierKnownElsewhere: Bool {
        let state = gate.read().state
        guard let record = state.record, !state.isCopied else { return false }
        return record.installationID != nil && record.erasureSecret != nil
            && !record.sentErasureURLs.isEmpty
    }

    /// Whether a yes stands, whatever else keeps telemetry off.
    package var hasYes: Bool { gate.read().state.consent == .given }

    /// All causes that block what is asked; empty means yes.
    public func causes(blocking question: GateQuestion) -> [Cause] {
        Gate.causes(blocking: question, gate.read().facts)
    }

    /// The store, after the journals of ended processes were taken in and old data deleted; nil
    /// if this home has none. A deletion that was cut short is finished first, and one that ended
    /// unheard is told.
    func openStore() throws -> Store? {
        guard try seams.files.status(of: directory.path) != nil else { return nil }
        try refuseForeign()
        try directory.prepare(seams)
        try finishDeletion()
        let hasStore = try seams.files.status(of: directory.store) != nil
        let hasJournals = try !seams.files.names(in: directory.journals).isEmpty
        let hasNote = try LossNote(directory: directory, seams: seams).isThere
        guard hasStore || hasJournals || hasNote else { return nil }
        return try Store.using(directory, seams) { store in
            try Drain(gate: gate, catalogue: catalogue).adoptAll(into: store)
            try Retention(config: config, gate: gate).apply(to: store)
            try ledger(of: store).noteConsent(gate.read().state)
            tellUntold(in: store)
            return store
        }
    }

    /// Runs `body` while nobody else changes consent or deletes data, for whom it waits so long.
    func changing<Result>(
        within milliseconds: Int32 = lockMilliseconds, _ body: () throws -> Result
    ) throws -> Result {
        let path = directory.changeLock
        let lock = try FalseLock.lock(path, waiting: milliseconds, seams)
        seams.vainWaits.note(path, isInVain: lock == nil)
        guard let lock else {
            throw TelemetryError(
                .busy, "another enable, disable or delete-data is at work on this home",
                hint: "try again when it is done")
        }
        defer { withExtendedLifetime(lock) {} }
        try refuseForeign()
        return try body()
    }

    /// Whether the folder is another program's: none of what lies in it is told as this one's.
    var isForeign: Bool { gate.read().state.foreignProduct != nil }

    /// Keeps away from the folder of another program: what was agreed to there, and what lies
    /// there, is that one's.
    package func refuseForeign() throws(TelemetryError) {
        guard let other = gate.read().state.foreignProduct else { return }
        throw TelemetryError(
            .storage, "\(directory.path) is the folder of another program: \(other)",
            hint: "give each program a folder of its own")
    }

    /// What is to be sent, for an uploader; nil while another process uploads.
    package func outbox() throws -> Outbox? {
        try directory.prepare(seams)
        let store = try openStore() ?? Store.open(directory, seams)
        return try Outbox(sealer, store)
    }

    var erasureList: ErasureList {
        ErasureList(directory: directory, files: seams.files, userID: seams.userID)
    }

    var sealer: Sealer {
        Sealer(product: product, catalogue: catalogue, config: config, gate: gate)
    }
}
