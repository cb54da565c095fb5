// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Keeps what is written, so that a test can compare it.
public final class MemorySink: ByteSink {
    private let bytes = Mutex<[UInt8]>([])
    private let error: SinkError?
    /// The width that the sink pretends to have; nil = no terminal.
    public let columns: Int?

    /// An empty sink; with an error, one that refuses every write.
    public init(columns: Int? = nil, failingWith error: SinkError? = nil) {
        self.columns = columns
        self.error = error
    }

    /// Appends to what is kept.
    public func write(_ more: [UInt8]) throws(SinkError) {
        if let error { throw error }
        bytes.withLock { $0 += more }
    }

    /// All that was written, as text.
    public var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
