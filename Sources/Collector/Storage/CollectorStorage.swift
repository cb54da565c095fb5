// SPDX-License-Identifier: Apache-2.0

public import Modules

/// Where a collector keeps what it admitted. Calls come from several threads; each is atomic and
/// throws `StorageError`.
///
/// The contract suits a store that is one file as well as one that is sharded, replicated and only
/// eventually merged: a batch is known by its own key, (day, service, installation, id), and what
/// it adds is kept under that key, so that writing it again replaces it. Sums, caps and distinct
/// counts are made when days are read. Every implementation passes the same tests
/// (`CollectorStorageTests`).
public protocol CollectorStorage: Sendable {
    /// Keeps the batches of many requests in one commit, durably: when it returns, every batch that
    /// is `stored` survives a loss of power. Returns one outcome per batch, in order. What a batch
    /// tells of a day that is folded is left out of it and counted.
    ///
    /// A batch that is kept already changes nothing, nor does its tally, however often and to
    /// whichever collector of the store it is sent. When it throws, each batch is kept whole or not
    /// at all; sending the group again, with the same `id`, leaves everything kept once.
    func commit(_ group: CommitGroup) throws(StorageError) -> [BatchOutcome]

    /// Deletes everything that is kept of an installation, if `secretHash` is the first one that it
    /// announced or nothing is known of it, and keeps out what comes of it later.
    ///
    /// Once it returned `erased`, no reading shows the installation again, also when a commit of
    /// it runs at the same time. It does the same work whether the installation is known or not.
    func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome

    /// Folds days that are no longer open into plain totals, deletes their batches and records, and
    /// forgets totals, tombstones and secrets that passed their time. May be repeated and
    /// interrupted anywhere.
    func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError)

    /// Overwrites what the store may still hold of rows that were deleted, where deleting does not
    /// do so by itself. It may take long: commits and erasures may throw `rewriting` meanwhile, and
    /// readings go on.
    func overwriteDeleted() throws(StorageError)

    /// The figures of each service on each day of the range that has any, over all installations;
    /// of open days and of folded ones. Nothing is suppressed in them. In order of day and service.
    ///
    /// Each installation counts once a day for a figure, and adds at most
    /// `DayFigures.contributionsMax` to it.
    func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures]

    /// Makes the first reading as quick as those that follow; it may take a while.
    func readAhead(on today: Day) throws(StorageError)

    /// Makes the first reading of the next collector quick, also when this one is killed later.
    func keepSums() throws(StorageError)

    /// What was rejected and left out in the range of days, by the day on which it came.
    func tallies(in days: ClosedRange<Day>) throws(StorageError) -> [Day: DayTally]

    /// Returns if a commit can be expected to succeed now.
    func checkReady() throws(StorageError)
}

extension CollectorStorage {
    /// Does nothing: for a storage whose first reading is like any other.
    public func readAhead(on today: Day) throws(StorageError) {}

    /// Does nothing, as above.
    public func keepSums() throws(StorageError) {}

    /// Does nothing: for a storage that writes its files anew by itself.
    public func overwriteDeleted() throws(StorageError) {}
}

/// What the intake made of the records of one batch, ready to be kept.
public struct AdmittedBatch: Sendable, Equatable {
    /// Bytes of a batch's `id`.
    public static let idBytes = 10

    /// The product that it is about, `service.name`.
    public var service: String
    /// The installation's identifier as it was sent; a storage keeps only a keyed hash of it.
    public var installation: String
    /// The day on which the batch was sealed. With service, installation and `id` it is the key by
    /// which a resend is recognised.
    public var day: Day
    /// `idBytes` bytes that tell the batch from others of its installation and day.
    public var id: [UInt8]
    /// SHA-256 of the secret that may erase the installation's data; nil when none was announced.
    public var erasureKeyHash: [UInt8]?
    /// Whether the batch is to be kept also when nothing is known of its installation.
    public var admitsNew: Bool
    /// Whether its installation has no room left today, so that it is only to be told whether the
    /// batch is kept already.
    public private(set) var isOverQuota = false
    /// What the batch adds to the figures of each day. Days may differ from `day`.
    public var figures: [Day: DayCounters]
    /// The admitted records without their resource, as OTLP protobuf in a zstd frame; empty without
    /// any.
    public var records: [UInt8]
    /// How many records were admitted.
    public var recordCount: Int
    /// What was rejected or left out of the batch, to be counted once.
    public var tally: Tally

    /// Describes a batch.
    public init(
        service: String, installation: String, day: Day, id: [UInt8],
        erasureKeyHash: [UInt8]? = nil, admitsNew: Bool = true, figures: [Day: DayCounters] = [:],
        records: [UInt8] = [], recordCount: Int = 0, tally: Tally = Tally()
    ) {
        self.service = service
        self.installation = installation
        self.day = day
        self.id = id
        self.erasureKeyHash = erasureKeyHash
        self.admitsNew = admitsNew
        self.figures = figures
        self.records = records
        self.recordCount = recordCount
        self.tally = tally
    }
}

extension AdmittedBatch {
    /// Bytes that a batch takes in memory beyond figures and records, and each figure: measured
    /// with a request of 64 batches of 31 days each, rounded up.
    private static let (ownBytes, figureBytes) = (1024, 384)

    /// How many figures it has, of all its days.
    var figureCount: Int { figures.values.reduce(0) { $0 + $1.figures.count } }

    /// Bytes that it takes until it is stored, about.
    var bytesInMemory: Int { Self.ownBytes + records.count + figureCount * Self.figureBytes }

    /// Leaves out what the batch tells, since its installation has no room left today.
    mutating func leaveOut() {
        isOverQuota = true
        (figures, records) = ([:], [])
    }

    /// Records that it tells of days that are folded.
    func recordsFolded(by lastFolded: Day?) -> Int {
        guard let lastFolded else { return 0 }
        return figures.reduce(0) { $0 + ($1.key <= lastFolded ? $1.value.recordCount : 0) }
    }

    /// The batch without what it tells of days that are folded: these records are counted as too
    /// late. Whoever added them to the totals could not tell which installations are in there.
    func openAfter(_ lastFolded: Day?) -> AdmittedBatch {
        guard let lastFolded, figures.keys.contains(where: { $0 <= lastFolded }) else {
            return self
        }
        var open = self
        for (day, counters) in figures where day <= lastFolded {
            open.figures[day] = nil
            open.tally.add(.day, counters.recordCount)
        }
        return open
    }
}

/// Batches of many requests that share one commit.
public struct CommitGroup: Sendable, Equatable {
    /// Bytes of `id`.
    public static let idBytes = 16

    /// Random bytes that name the commit, so that one whose outcome is unknown can be repeated.
    public let id: [UInt8]
    /// The batches; one key may occur twice, the first counts then.
    public let batches: [AdmittedBatch]
    /// What was rejected and belongs to no batch.
    public let tally: Tally
    /// The day on which they came.
    public let today: Day

    /// Describes a group.
    public init(id: [UInt8], batches: [AdmittedBatch], tally: Tally = Tally(), today: Day) {
        self.id = id
        self.batches = batches
        self.tally = tally
        self.today = today
    }
}

/// What happened to a batch in the storage.
public enum BatchOutcome: Sendable, Equatable {
    /// It is kept. `isNew`: nothing was known of its installation before. `folded`: of so many of
    /// its records nothing is kept, as their days are folded. `leftOut`: so much of what its
    /// installation told is in no figure, as it told of too many on a day.
    case stored(isNew: Bool, folded: Int = 0, leftOut: Int = 0)
    /// It had been kept already; nothing changed. A storage that finds that out only when it reads
    /// may say `stored` instead. `folded`: as if it came for the first time.
    case resent(folded: Int = 0)
    /// Its installation was erased; nothing of it was kept.
    case erased
    /// Its day is folded already, so that a resend could not be told; nothing of it was kept.
    case closed
    /// Nothing is known of its installation, and `admitsNew` was false, or it is not kept already,
    /// and `isOverQuota` was true; nothing of it was kept.
    case notAdmitted
}

/// What came of a request for erasure. Whoever asked is told the same in every case but `full`,
/// which says nothing of an installation.
public enum ErasureOutcome: Sendable, Equatable {
    /// Nothing of the installation is kept, whether or not there had been anything.
    case erased
    /// The secret is not the one that was announced, or none ever was. Nothing was deleted.
    case refused
    /// So many erasures are remembered that no further one can be, and the secret does not fit
    /// data that is kept.
    case full
}

/// How long things are kept, in days. One number says how long a day stays open: that long its
/// batches are taken, recognised, kept with their installation, and can be erased.
public struct RetentionPolicy: Sendable, Equatable {
    /// Days for which a day stays open, it not included: longer than clients keep what they may
    /// resend, and a day each way for clocks that are wrong.
    public var openDays: Int
    /// Days for which the totals of a folded day are kept.
    public var totalsDays: Int

    /// Makes a policy.
    public init(openDays: Int = 32, totalsDays: Int = 1095) {
        self.openDays = openDays
        self.totalsDays = max(totalsDays, openDays)
    }

    /// The oldest day that is open.
    public func firstOpenDay(on today: Day) -> Day { Day(number: today.number - Int32(openDays)) }

    /// The oldest day whose totals are kept.
    public func firstTotalsDay(on today: Day) -> Day {
        Day(number: today.number - Int32(totalsDays))
    }
}
