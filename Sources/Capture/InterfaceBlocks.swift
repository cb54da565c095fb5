// SPDX-License-Identifier: Apache-2.0

/// The blocks of a pcapng file before its first frame.
///
/// Source: the pcapng draft, sections 3.1 and 4. libpcap does not tell which interface a frame was
/// captured on, so that networks with the same addresses can't be told apart.
enum InterfaceBlocks {
    /// How far into a file they are looked for.
    private static let bytesMax = 1 << 16
    /// What a block begins and ends with at least: its type, and its length twice.
    private static let blockBytesMin: UInt32 = 12
    private static let section: UInt32 = 0x0A0D_0D0A
    private static let interface: UInt32 = 1
    /// Blocks that hold a frame: the old one, the simple one and the enhanced one.
    private static let frames: [UInt32] = [2, 3, 6]

    /// How many interfaces are described there; nothing of `buffer` is consumed. Throws where the
    /// file ends within one of these blocks.
    static func count(
        in buffer: inout ReadBuffer, from input: borrowing InputDescriptor
    ) throws(CaptureError) -> Int {
        let isWhole = try buffer.fill(12, from: input)
        guard word(at: 0, in: buffer) == section else { return 0 }
        let cut = CaptureError(code: .truncatedHeader, source: input.source)
        guard isWhole else { throw cut }
        let isBigEndian = word(at: 8, in: buffer) == 0x1A2B_3C4D
        var (count, offset) = (0, 0)
        while offset < bytesMax, try buffer.fill(offset + 8, from: input) {
            let type = word(at: offset, in: buffer, isBigEndian: isBigEndian)
            let length = word(at: offset + 4, in: buffer, isBigEndian: isBigEndian)
            if frames.contains(type) || length < blockBytesMin { return count }
            if type == interface { count += 1 }
            offset += Int(length)
        }
        guard offset >= bytesMax || offset <= buffer.count else { throw cut }
        return count
    }

    private static func word(
        at offset: Int, in buffer: borrowing ReadBuffer, isBigEndian: Bool = true
    ) -> UInt32 {
        buffer.bytes.span.extracting(buffer.waiting).word(at: offset, isBigEndian: isBigEndian)
    }
}
