// SPDX-License-Identifier: Apache-2.0

/// A way to make bytes fewer, named as in configuration; gzip and zstd are also HTTP's names.
public enum ContentCoding: String, Sendable, CaseIterable {
    /// RFC 1952; what every OTLP receiver reads.
    case gzip
    /// RFC 8878.
    case zstd
    /// The bytes as they are.
    case identity = "none"

    /// The levels `compress(_:as:level:)` knows, weakest first.
    public var levels: ClosedRange<Int> {
        switch self {
        case .gzip: 1...12
        // Below 1 are the fast ones. Beyond 19 a frame can need more memory than
        // `ZstdFrame.windowBytesLog2Max` allows.
        case .zstd: -7...19
        case .identity: 0...0
        }
    }

    /// The level for bytes without special wishes.
    public var defaultLevel: Int {
        switch self {
        case .gzip: 6
        case .zstd: 3
        case .identity: 0
        }
    }
}

/// Why bytes could not be compressed or decompressed.
public enum CompressionError: Error, Sendable, Equatable {
    /// The bytes are not of that coding, are damaged, or stop too early.
    case malformed
    /// The output would pass the limit, in bytes.
    case tooLarge(limit: Int)
    /// A zstd frame asks for a window of more bytes than the limit, which is memory.
    case windowTooLarge(limit: Int)
    /// The library could not get the memory it needs.
    case outOfMemory
}

extension CompressionError: CustomStringConvertible {
    /// The fault in one line, lower-case, without a full stop.
    public var description: String {
        switch self {
        case .malformed: "malformed compressed data"
        case .tooLarge(let limit): "more than \(limit) bytes after decompression"
        case .windowTooLarge(let limit): "compressed with a window of more than \(limit) bytes"
        case .outOfMemory: "not enough memory for compression"
        }
    }
}

/// The bytes in that coding; a level outside `coding.levels` counts as the nearest inside.
///
/// The result depends on the input, the level and the library's version only: no time, no name.
public func compress(
    _ bytes: [UInt8], as coding: ContentCoding, level: Int? = nil
) throws(CompressionError) -> [UInt8] {
    let level = level ?? coding.defaultLevel
    let bounded = min(max(level, coding.levels.lowerBound), coding.levels.upperBound)
    return switch coding {
    case .gzip: try GzipMember.compress(bytes, level: bounded)
    case .zstd: try ZstdFrame.compress(bytes, level: bounded)
    case .identity: bytes
    }
}

/// The bytes that were put into that coding, all members or frames in a row, at most
/// `outputBytesMax` of them.
///
/// `outputBytesMax` is not negative. Work and memory stay in proportion to the limit, whatever the
/// input claims about itself.
/// Throws `tooLarge` beyond the limit and `malformed` for everything that is not whole and sound,
/// also for bytes that follow the last member.
public func decompress(
    _ bytes: [UInt8], as coding: ContentCoding, outputBytesMax: Int
) throws(CompressionError) -> [UInt8] {
    switch coding {
    case .gzip:
        return try GzipMember.decompress(bytes, outputBytesMax: outputBytesMax)
    case .zstd:
        return try ZstdFrame.decompress(bytes, outputBytesMax: outputBytesMax)
    case .identity:
        guard bytes.count <= outputBytesMax else {
            throw .tooLarge(limit: outputBytesMax)
        }
        return bytes
    }
}
