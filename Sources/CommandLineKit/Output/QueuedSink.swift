// SPDX-License-Identifier: Apache-2.0

private import Dispatch
private import Synchronization

/// A sink behind a queue and a thread of its own: whoever writes to it never waits for its reader.
///
/// The thread is that of the caller that first writes: it has the rights of then.
public final class QueuedSink: ByteSink {
    /// The most bytes that wait for the reader.
    public static let waitingBytesMax = 64 * 1024

    private let sink: any ByteSink
    private let gap: @Sendable (Int) -> String
    private let queue = DispatchQueue(label: "messages")
    private let group = DispatchGroup()
    /// Bytes that wait, and the number of texts that found no room.
    private let state = Mutex((waiting: 0, lost: 0))

    /// A queue before a sink; `gap` is what stands there in place of texts that found no room.
    public init(to sink: any ByteSink, gap: @escaping @Sendable (Int) -> String) {
        self.sink = sink
        self.gap = gap
    }

    /// Queues the bytes and returns at once; those that find no room are counted, and the count
    /// is written in their place.
    public func write(_ bytes: [UInt8]) {
        let isAdmitted = state.withLock { state in
            guard state.waiting + bytes.count <= Self.waitingBytesMax else {
                state.lost += 1
                return false
            }
            state.waiting += bytes.count
            return true
        }
        guard isAdmitted else { return }
        queue.async(group: group) { [self] in deliver(bytes) }
    }

    /// Waits until all that was queued is written, at most so long; whether it is.
    @discardableResult
    public func finish(within milliseconds: Int) -> Bool {
        group.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    /// The width of the terminal behind the queue, or nil where there is none.
    public var columns: Int? { sink.columns }

    private func deliver(_ bytes: [UInt8]) {
        // Nobody is left to tell when the sink of messages itself fails.
        try? sink.write(bytes)
        let lost = state.withLock { state in
            state.waiting -= bytes.count
            defer { state.lost = 0 }
            return state.lost
        }
        if lost > 0 { try? sink.write(Array(gap(lost).utf8)) }
    }
}
