// SPDX-License-Identifier: Apache-2.0

private import CZstd
internal import Synchronization

/// Makes zstd frames, one for each input, in memory that is taken once: to make a context takes
/// longer than a small frame does. Threads may share a compressor.
public final class ZstdCompressor: Sendable {
    /// A context, and the lock of its one user at a time.
    private final class Slot: Sendable {
        let context = Mutex<Context?>(nil)
    }

    private let level: Int
    private let slots: [Slot]
    private let turn = Atomic(0)

    /// Makes a compressor for a level of `ContentCoding.zstd.levels`, another one counting as the
    /// nearest of them, and for as many threads at the same time; a further one waits.
    public init(level: Int, threads: Int = 1) {
        let levels = ContentCoding.zstd.levels
        self.level = min(max(level, levels.lowerBound), levels.upperBound)
        slots = (0..<max(threads, 1)).map { _ in Slot() }
    }

    /// One frame with a checksum, in an array of its size. Throws `outOfMemory`.
    public func compress(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        let place = turn.wrappingAdd(1, ordering: .relaxed).oldValue & .max
        return try slots[place % slots.count].context.withLock {
            (context: inout Context?) throws(CompressionError) -> [UInt8] in
            if context == nil { context = try Context(level: level) }
            return try context?.compress(bytes) ?? []
        }
    }
}

/// The library's object, and room for frames.
@safe private struct Context: ~Copyable {
    /// More room is given back after use.
    private static let roomBytesMax = 256 << 10

    private let handle: OpaquePointer
    private var room: [UInt8] = []

    init(level: Int) throws(CompressionError) {
        guard let handle = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
        unsafe self.handle = handle
        _ = unsafe ZSTD_CCtx_setParameter(handle, ZSTD_c_compressionLevel, Int32(level))
        _ = unsafe ZSTD_CCtx_setParameter(handle, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        _ = unsafe ZSTD_freeCCtx(handle)
    }

    mutating func compress(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        if room.count < bound { room = [UInt8](repeating: 0, count: bound) }
        defer { if room.count > Self.roomBytesMax { room = [] } }
        let count = unsafe ZSTD_compress2(handle, &room, room.count, bytes, bytes.count)
        // With room for the worst case, memory is all that can be missing.
        guard ZSTD_isError(count) == 0 else { throw .outOfMemory }
        return Array(room[..<count])
    }
}
