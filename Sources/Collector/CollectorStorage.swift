// SPDX-License-Identifier: Apache-2.0

public import Modules

/// What the intake made of the records of one batch, ready to be kept.
public struct AdmittedBatch: Sendable, Equatable {
    /// The batch's identifier, by which a resend is recognised.
    public let id: String
    /// The installation's identifier as it was sent; a storage keeps only a keyed hash of it.
    public let installation: String
    /// SHA-256 of the secret that may erase the installation's data; nil when none was announced.
    public let erasureKeyHash: [UInt8]?
    /// What the batch adds to the figures of each day.
    public let contributions: [Day: [Contribution]]
    /// The admitted records without their resource, encoded.
    public let records: [UInt8]
    /// How many records were admitted.
    public let recordCount: Int
    /// What was rejected or left out of the batch, to be counted once.
    public let tally: Tally
}

/// What happened to a batch in the storage.
public enum BatchOutcome: Sendable, Equatable {
    /// It was merged.
    case stored
    /// It is known already; nothing changed.
    case resent
    /// Its installation was erased; nothing of it was kept.
    case erased
}

/// What came of a request for erasure.
public enum ErasureOutcome: Sendable, Equatable {
    /// Nothing of the installation is kept, whether or not there had been anything.
    case erased
    /// The secret is not the one that was announced, or none ever was.
    case wrongSecret
    /// So many erasures are remembered that no further one can be of an installation of which
    /// nothing is kept.
    case full
}

/// How long things are kept, in days.
public struct RetentionPolicy: Sendable, Equatable {
    /// Days after its day after which an installation's row of figures is deleted.
    public var figuresDays: Int
    /// Days after its arrival after which a batch's records are deleted.
    public var recordsDays: Int
    /// Days after its arrival for which a batch is recognised and an erasure is remembered.
    public var recognitionDays: Int

    /// Makes a policy. Recognition lasts longer than the intake accepts old days, so that no batch
    /// can be counted twice.
    public init(figuresDays: Int = 90, recordsDays: Int = 30, recognitionDays: Int = 48) {
        self.figuresDays = figuresDays
        self.recordsDays = recordsDays
        self.recognitionDays = recognitionDays
    }
}

/// Where a collector keeps what it admitted. Calls come from several threads; each is atomic and
/// throws `StorageError`.
public protocol CollectorStorage: Sendable {
    /// Keeps batches and counts, durably: when it returns, all of it survives a loss of power.
    /// Returns one outcome per batch. `tally` is what belongs to no batch.
    func store(
        _ batches: [AdmittedBatch], tally: Tally, on today: Day
    ) throws(StorageError) -> [BatchOutcome]

    /// Deletes everything of an installation if `secretHash` is the one that it announced, and
    /// keeps later records of it out.
    func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome

    /// Deletes what has passed its time.
    func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError)

    /// Calls `visit` for every row of figures in the range of days; all rows of one installation
    /// follow each other, and `installation` counts installations from 0.
    func visitFigures(
        in days: ClosedRange<Day>, _ visit: (_ installation: Int, Day, DayCounters) -> Void
    ) throws(StorageError)

    /// What was rejected and left out in the range of days.
    func tally(in days: ClosedRange<Day>) throws(StorageError) -> Tally
}
