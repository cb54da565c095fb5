// SPDX-License-Identifier: Apache-2.0

private import CDeflate

/// gzip (RFC 1952) through libdeflate, which works on whole buffers and writes neither a time
/// nor a file name.
enum GzipMember {
    static func compress(_ bytes: [UInt8], level: Int) throws(CompressionError) -> [UInt8] {
        let compressor = try Compressor(level: level)
        let bound = unsafe libdeflate_gzip_compress_bound(compressor.handle, bytes.count)
        var output = GrowingOutput(inputCount: bound, limit: bound)
        unsafe output.append { start, room in
            unsafe libdeflate_gzip_compress(
                compressor.handle, bytes, bytes.count, start, room)
        }
        return output.bytes
    }

    static func decompress(
        _ bytes: [UInt8], outputBytesMax: Int
    ) throws(CompressionError) -> [UInt8] {
        let decompressor = try Decompressor()
        var output = GrowingOutput(inputCount: bytes.count, limit: outputBytesMax)
        var position = 0
        repeat {
            let member = decompressor.member(of: bytes, from: position, into: &output)
            switch member.result {
            case LIBDEFLATE_SUCCESS: position += member.inputCount
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard output.grow() else { throw .tooLarge(limit: outputBytesMax) }
            default: throw .malformed
            }
        } while position < bytes.count
        return output.bytes
    }
}

// MARK: - Owners of the library's objects

@safe private struct Compressor: ~Copyable {
    let handle: OpaquePointer

    init(level: Int) throws(CompressionError) {
        guard let handle = unsafe libdeflate_alloc_compressor(Int32(level)) else {
            throw .outOfMemory
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe libdeflate_free_compressor(handle)
    }
}

@safe private struct Decompressor: ~Copyable {
    private let handle: OpaquePointer

    init() throws(CompressionError) {
        guard let handle = unsafe libdeflate_alloc_decompressor() else { throw .outOfMemory }
        unsafe self.handle = handle
    }

    deinit {
        unsafe libdeflate_free_decompressor(handle)
    }

    /// One member's content, appended only when all of it is sound and fits.
    func member(
        of bytes: [UInt8], from position: Int, into output: inout GrowingOutput
    ) -> (result: libdeflate_result, inputCount: Int) {
        var result = LIBDEFLATE_BAD_DATA
        var inputCount = 0
        let handle = unsafe self.handle
        unsafe bytes.withUnsafeBytes { input in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: input[position...])
            unsafe output.append { start, room in
                var outputCount = 0
                result = unsafe libdeflate_gzip_decompress_ex(
                    handle, rest.baseAddress, rest.count, start, room,
                    &inputCount, &outputCount)
                return result == LIBDEFLATE_SUCCESS ? outputCount : 0
            }
        }
        return (result, inputCount)
    }
}
