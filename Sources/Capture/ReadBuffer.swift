// SPDX-License-Identifier: Apache-2.0

/// Bytes that were read and not yet consumed, in one block of memory of fixed size.
struct ReadBuffer: ~Copyable {
    /// The memory; what waits in it is at ``waiting``.
    private(set) var bytes: [UInt8]
    private var start = 0
    private var end = 0

    /// An empty buffer of ``CaptureLimits/bufferBytes``.
    init() {
        bytes = [UInt8](repeating: 0, count: CaptureLimits.bufferBytes)
    }

    /// A buffer in which `content` waits, as far as it fits.
    init(holding content: Span<UInt8>) {
        self.init()
        end = Swift.min(content.count, bytes.count)
        for offset in 0..<end { bytes[offset] = content[offset] }
    }

    /// How many bytes wait.
    var count: Int { end - start }

    /// Where the bytes that wait are.
    var waiting: Range<Int> { start..<end }

    /// Reads until `wanted` bytes wait; `false` when the input ends before.
    mutating func fill(
        _ wanted: Int, from input: borrowing InputDescriptor
    ) throws(CaptureError) -> Bool {
        while count < wanted {
            if bytes.count - start < wanted { moveToFront() }
            let got = try input.read(into: &bytes, from: end)
            if got == 0 { return false }
            end += got
        }
        return true
    }

    /// Drops the first `taken` bytes.
    mutating func consume(_ taken: Int) {
        start += taken
        if start == end {
            start = 0
            end = 0
        }
    }

    private mutating func moveToFront() {
        for offset in 0..<count { bytes[offset] = bytes[start + offset] }
        end -= start
        start = 0
    }
}
