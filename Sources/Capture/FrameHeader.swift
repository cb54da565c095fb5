// SPDX-License-Identifier: Apache-2.0

/// What a capture says about one frame, besides its bytes.
public struct FrameHeader: Equatable, Sendable {
    /// The frame's place in the capture, from 1.
    public let number: UInt64
    /// When it was captured: nanoseconds since 1970, UTC.
    public let time: Int64
    /// The framing of its bytes.
    public let linkType: LinkType
    /// How long it was on the wire, in bytes; at least the number captured in an honest file.
    public let originalLength: Int

    /// The header with these values.
    public init(number: UInt64, time: Int64, linkType: LinkType, originalLength: Int) {
        self.number = number
        self.time = time
        self.linkType = linkType
        self.originalLength = originalLength
    }
}

/// What is done with one frame. The bytes are those that were captured; they live as long as
/// the call and no longer.
public typealias FrameConsumer = (FrameHeader, Span<UInt8>) -> Void
