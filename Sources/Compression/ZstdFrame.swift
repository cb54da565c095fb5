// SPDX-License-Identifier: Apache-2.0

private import CZstd

/// Zstandard (RFC 8878) through libzstd, with a checksum in every frame.
enum ZstdFrame {
    /// The largest window a frame may ask for, as a power of two: 8 MiB (RFC 9659 section 3).
    static let windowBytesLog2Max = 23

    static func compress(_ bytes: [UInt8], level: Int) throws(CompressionError) -> [UInt8] {
        try ZstdCompressor(level: level).compress(bytes)
    }

    static func decompress(
        _ bytes: [UInt8], outputBytesMax: Int
    ) throws(CompressionError) -> [UInt8] {
        let decompressor = try Decompressor()
        // One byte more than allowed: filling it is the proof that there is too much.
        let limit = min(outputBytesMax, Int.max - 1) + 1
        var output = GrowingOutput(inputCount: bytes.count, limit: limit)
        var position = 0
        while true {
            let step = decompressor.step(of: bytes, from: position, into: &output)
            if let error = step.error { throw error }
            position += step.inputCount
            if step.isAtFrameEnd, position == bytes.count { break }
            if output.isFull {
                guard output.grow() else { throw .tooLarge(limit: outputBytesMax) }
            } else if position == bytes.count || step.inputCount == 0 {
                throw .malformed
            }
        }
        guard output.bytes.count < limit else { throw .tooLarge(limit: outputBytesMax) }
        return output.bytes
    }
}

// MARK: - Owner of the library's object

@safe private struct Decompressor: ~Copyable {
    /// What one call of the streaming decoder did.
    struct Step {
        var inputCount = 0
        var isAtFrameEnd = false
        var error: CompressionError?
    }

    private let handle: OpaquePointer

    init() throws(CompressionError) {
        guard let handle = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
        unsafe self.handle = handle
        _ = unsafe ZSTD_DCtx_setParameter(
            handle, ZSTD_d_windowLogMax, Int32(ZstdFrame.windowBytesLog2Max))
    }

    deinit {
        _ = unsafe ZSTD_freeDCtx(handle)
    }

    func step(of bytes: [UInt8], from position: Int, into output: inout GrowingOutput) -> Step {
        var step = Step()
        let handle = unsafe self.handle
        unsafe bytes.withUnsafeBytes { all in
            var input = unsafe ZSTD_inBuffer(src: all.baseAddress, size: all.count, pos: position)
            unsafe output.append { start, room in
                var target = unsafe ZSTD_outBuffer(dst: start, size: room, pos: 0)
                let status = unsafe ZSTD_decompressStream(handle, &target, &input)
                step.inputCount = unsafe input.pos - position
                step.isAtFrameEnd = status == 0
                step.error = Self.error(of: status)
                return unsafe target.pos
            }
        }
        return step
    }

    private static func error(of status: Int) -> CompressionError? {
        guard ZSTD_isError(status) != 0 else { return nil }
        return switch ZSTD_getErrorCode(status) {
        case ZSTD_error_memory_allocation: .outOfMemory
        case ZSTD_error_frameParameter_windowTooLarge:
            .windowTooLarge(limit: 1 << ZstdFrame.windowBytesLog2Max)
        default: .malformed
        }
    }
}
