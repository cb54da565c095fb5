// SPDX-License-Identifier: Apache-2.0

public import Catalogue
internal import Compression
internal import Modules

/// What an intake admits.
public struct IntakePolicy: Sendable {
    /// The `service.name` of ARP Guard itself.
    public static let ownService = "arpguard"
    /// Services that one collector can collect for.
    public static let servicesMax = 32

    /// The events and properties that are collected, by `service.name`.
    public let catalogues: [String: Catalogue]
    /// The catalogues, compiled.
    let plans: [String: AdmissionPlan]
    /// Makes the frames in which records are kept, at a quick level that still finds what repeats.
    let recordCompressor = ZstdCompressor(level: -1, threads: 4)
    /// Days before today whose events are admitted.
    public let daysBackMax: Int
    /// Days after today whose events are admitted, for clocks that run ahead.
    public let daysAheadMax: Int
    /// Bytes of a request body, before and after its content coding is undone.
    public let bodyBytesMax: Int
    /// Bytes of a request body in JSON: reading one takes many times its size.
    public let jsonBytesMax: Int
    /// Records of one request.
    public let recordsMax: Int
    /// Attributes and elements of lists in one request.
    public let valuesMax: Int
    /// Records of one request whose identifiers are not of ARP Guard's form: each costs as much as
    /// a batch.
    public let foreignRecordsMax: Int
    /// Batches of ARP Guard's own form in one request; a client sends one.
    public let batchesMax: Int
    /// Figures of all batches of one request, each of its day: they take far more memory than the
    /// bytes that bring them.
    public let figuresMax: Int

    /// Makes a policy.
    public init(
        catalogues: [String: Catalogue] = [ownService: .standard],
        daysBackMax: Int = RetentionPolicy().openDays, daysAheadMax: Int = 1,
        bodyBytesMax: Int = 4 << 20, jsonBytesMax: Int = 1 << 20, recordsMax: Int = 20_000,
        valuesMax: Int = 150_000, foreignRecordsMax: Int = 2048, batchesMax: Int = 64,
        figuresMax: Int = 16_384
    ) {
        self.catalogues = catalogues
        plans = Dictionary(
            uniqueKeysWithValues: catalogues.map { ($0, AdmissionPlan($1, service: $0)) })
        self.daysBackMax = daysBackMax
        self.daysAheadMax = daysAheadMax
        self.bodyBytesMax = bodyBytesMax
        self.jsonBytesMax = jsonBytesMax
        self.recordsMax = recordsMax
        self.valuesMax = valuesMax
        self.foreignRecordsMax = foreignRecordsMax
        self.batchesMax = batchesMax
        self.figuresMax = figuresMax
    }

    /// Whether events of a day are admitted.
    func admits(_ day: Day, on today: Day) -> Bool {
        let distance = Int(day.number) - Int(today.number)
        return (-daysBackMax...daysAheadMax).contains(distance)
    }
}

/// What becomes of a request, decided without touching a storage.
struct IntakeDecision: Sendable, Equatable {
    /// What is to be stored.
    var batches: [AdmittedBatch]
    /// What was left out and belongs to none of them.
    let tally: Tally
}

/// Why a request as a whole is refused.
struct IntakeRefusal: Error, Sendable, Equatable {
    /// What refuses a request.
    enum Cause: Sendable, Equatable {
        /// The body can't be decoded.
        case malformed
        /// The body is over the limit, before or after its content coding is undone.
        case tooLarge
        /// The content type or coding is not one that is read here.
        case unsupported
        /// Memory ran out; it may work later.
        case unavailable
    }

    let cause: Cause
    /// What is wrong, for the sender's developer; it quotes nothing of the request.
    let message: String
}
