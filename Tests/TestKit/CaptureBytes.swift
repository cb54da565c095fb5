// SPDX-License-Identifier: Apache-2.0

/// Builds capture files for tests, byte by byte.
package struct CaptureBytes: Sendable {
    /// Whether numbers are written most significant byte first.
    package var isBigEndian = false
    /// Whether a record's fraction of a second is in nanoseconds instead of microseconds.
    package var hasNanoseconds = false
    /// The number of the framing.
    package var linkType: UInt32 = 1

    /// The form that `tcpdump -w` writes on this machine.
    package init() {}

    /// The 24 bytes that begin a classic capture.
    package var header: [UInt8] {
        word(hasNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4) + half(2) + half(4) + word(0) + word(0)
            + word(262_144) + word(linkType)
    }

    /// One record of a classic capture. `length` and `original` default to the frame's.
    package func record(
        _ frame: [UInt8], seconds: UInt32 = 0, fraction: UInt32 = 0, length: UInt32? = nil,
        original: UInt32? = nil
    ) -> [UInt8] {
        let count = UInt32(frame.count)
        return word(seconds) + word(fraction) + word(length ?? count) + word(original ?? count)
            + frame
    }

    /// A whole classic capture, one frame a second from second 1.
    package func classic(_ frames: [[UInt8]]) -> [UInt8] {
        header
            + frames.enumerated().flatMap { record($0.element, seconds: UInt32($0.offset) + 1) }
    }

    /// A whole pcapng capture, one frame a second from second 1.
    package func pcapng(_ frames: [[UInt8]], interfaces: Int = 1) -> [UInt8] {
        let section = block(
            0x0A0D_0D0A, word(0x1A2B_3C4D) + half(1) + half(0) + word(~0) + word(~0))
        let interface = block(1, half(UInt16(linkType)) + half(0) + word(262_144))
        return section + (0..<interfaces).flatMap { _ in interface }
            + frames.enumerated().flatMap { offset, frame in
                let microseconds = UInt64(offset + 1) * 1_000_000
                let count = UInt32(frame.count)
                let time =
                    word(UInt32(microseconds >> 32))
                    + word(UInt32(truncatingIfNeeded: microseconds))
                return block(6, word(0) + time + word(count) + word(count) + padded(frame))
            }
    }

    private func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let total = word(UInt32(12 + body.count))
        return word(type) + total + body + total
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private func word(_ value: UInt32) -> [UInt8] {
        let bytes = Frame.big32(value)
        return isBigEndian ? bytes : bytes.reversed()
    }

    private func half(_ value: UInt16) -> [UInt8] {
        let bytes = Frame.big16(value)
        return isBigEndian ? bytes : bytes.reversed()
    }
}
