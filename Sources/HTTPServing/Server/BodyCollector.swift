// SPDX-License-Identifier: Apache-2.0

/// Takes the body of one request piece by piece and decides when it is too much. It holds at most
/// `HTTPLimits.bodyBytesMax` bytes.
struct BodyCollector {
    enum Verdict: Equatable {
        /// All so far is held.
        case collecting
        /// The rest is read and thrown away; the answer will be this status.
        case refused(HTTPStatus)
        /// So much came after the refusal that the connection is to be cut.
        case cut
    }

    private(set) var bytes: [UInt8] = []
    private(set) var verdict = Verdict.collecting
    private var discardedBytes = 0
    private let bytesMax: Int
    private let discardedBytesMax: Int

    init(limits: HTTPLimits) {
        bytesMax = limits.bodyBytesMax
        discardedBytesMax = limits.discardedBytesMax
    }

    /// Whether a body of the announced length is refused before it is read. That cuts the
    /// connection, often before the client has read why: so it is done only where the client asks
    /// first (RFC 9110 section 10.1.1), or announces more than would be thrown away.
    static func refusesAtOnce(
        contentLength: String?, asksFirst: Bool, limits: HTTPLimits
    ) -> Bool {
        guard let contentLength else { return false }
        guard let length = Int(contentLength) else { return true }
        let surplus = length.subtractingReportingOverflow(limits.bodyBytesMax)
        guard !surplus.overflow, surplus.partialValue > 0 else { return surplus.overflow }
        return asksFirst || surplus.partialValue > limits.discardedBytesMax
    }

    /// Takes one piece. `reserve` is asked for room in the budget of all bodies together.
    mutating func take(_ piece: UnsafeRawBufferPointer, reserve: (Int) -> Bool) {
        if case .collecting = verdict, bytes.count + piece.count > bytesMax {
            refuse(.contentTooLarge)
        } else if case .collecting = verdict, !reserve(piece.count) {
            refuse(.serviceUnavailable)
        }
        guard case .collecting = verdict else { return discard(piece.count) }
        unsafe bytes.append(contentsOf: piece)
    }

    /// Hands the bytes out, so that they have one owner.
    mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    private mutating func refuse(_ status: HTTPStatus) {
        verdict = .refused(status)
        bytes = []
    }

    private mutating func discard(_ count: Int) {
        discardedBytes += count
        if discardedBytes > discardedBytesMax { verdict = .cut }
    }
}
