// SPDX-License-Identifier: Apache-2.0

import Compression
import Hashing
public import JSON
import OTLP

/// A batch as it was sealed: the very bytes that are shown, sent, and sent again.
public struct SealedBatch: Sendable, Equatable {
    /// Where a batch stands.
    public enum State: String, Sendable {
        /// Ready to be sent; nothing of it has left, though that may have been tried.
        case sealed
        /// Waits for a person.
        case held
        /// A person has released it; ready to be sent.
        case released
        /// It may have begun to leave; the answer is not known.
        case sending
        /// The collector has it.
        case accepted
        /// The collector refused it for good.
        case rejected
        /// It never leaves: consent was taken back, or a person withheld or replaced it.
        case void

        /// Whether nothing of it has left, so that a person may still change it.
        public var isReviewable: Bool { [.sealed, .held, .released].contains(self) }
    }

    /// The longest body that is decoded, in bytes.
    static let decodedBytesMax = 64 << 20

    /// The store's number for it.
    package let row: Int64
    /// Its identifier, a ULID.
    public let uid: String
    /// Where it goes.
    public let url: String
    /// How the body is coded: `gzip`, `zstd` or `none`.
    public let contentCoding: String
    /// The body.
    public let body: [UInt8]
    /// The SHA-256 of the body, in hexadecimal digits.
    public let sha256: String
    /// How many events it holds.
    public let events: Int64
    /// Where it stands.
    public let state: State
    /// How often sending was tried.
    public let attempts: Int64

    /// Every header of the request, in the order in which they are sent.
    public func headers(userAgent: String) -> [(name: String, value: String)] {
        let endpoint = Endpoint(url)
        var headers = [
            ("Host", endpoint?.hostHeader ?? ""), ("User-Agent", userAgent),
            ("Content-Type", "application/x-protobuf"),
        ]
        if contentCoding != ContentCoding.identity.rawValue {
            headers.append(("Content-Encoding", contentCoding))
        }
        return headers + [("Content-Length", String(body.count))]
    }

    /// Whether its bytes were deleted here: it was replaced in review, or given up, and then its
    /// events are sealed anew.
    public var isEmptied: Bool { body.isEmpty && (state == .held || state == .void) }

    /// Whether anything of it may have left.
    var mayHaveLeft: Bool { attempts > 0 && !state.isReviewable }

    /// Whether the body is what was sealed; false only if the store was damaged.
    var isWhole: Bool { Hex.encode(SHA256.hash(body)) == sha256 }

    /// The body as OTLP JSON; nil only if the store was damaged.
    public var json: JSONValue? { request?.json() }

    /// The body, decoded; nil only if the store was damaged.
    var request: ExportLogsRequest? {
        guard let coding = ContentCoding(rawValue: contentCoding),
            let bytes = try? decompress(body, as: coding, outputBytesMax: Self.decodedBytesMax)
        else { return nil }
        return try? ExportLogsRequest(decoding: bytes)
    }
}

extension Endpoint {
    /// The Host header: with the port unless it is the scheme's own (RFC 9110, section 7.2).
    public var hostHeader: String { String(origin.dropFirst(scheme.count + 3)) }
}

extension SealedBatch.State {
    /// The states of batches whose events still wait, as a list of SQL.
    static let unsentList = "('sealed', 'held', 'released', 'sending')"
    /// The states of batches of which nothing has left, as a list of SQL.
    static let reviewableList = "('sealed', 'held', 'released')"
}
