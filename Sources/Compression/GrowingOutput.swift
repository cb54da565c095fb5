// SPDX-License-Identifier: Apache-2.0

/// Output of unknown size: room grows fourfold, so that copying stays in proportion to the
/// output, and never past a limit.
struct GrowingOutput {
    /// Room that every output starts with, in bytes, unless its limit is smaller.
    static let firstBytesMin = 4_096

    private(set) var bytes: [UInt8] = []
    private var capacity: Int
    private let limit: Int

    /// An empty output with room for four times the input.
    init(inputCount: Int, limit: Int) {
        self.limit = limit
        capacity = min(max(inputCount * 4, Self.firstBytesMin), limit)
        bytes.reserveCapacity(capacity)
    }

    var isFull: Bool { bytes.count == capacity }

    /// Makes more room, and says whether the limit allowed any.
    mutating func grow() -> Bool {
        guard capacity < limit else { return false }
        capacity = capacity > limit / 4 ? limit : capacity * 4
        bytes.reserveCapacity(capacity)
        return true
    }

    /// Lets the closure write into all the room there is; it returns how many bytes it wrote.
    mutating func append(
        _ write: (_ start: UnsafeMutablePointer<UInt8>?, _ room: Int) -> Int
    ) {
        bytes.append(addingCapacity: capacity - bytes.count) { (span: inout OutputSpan<UInt8>) in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                count = unsafe write(buffer.baseAddress, buffer.count)
            }
        }
    }
}
