// SPDX-License-Identifier: Apache-2.0

import Compression
import Testing

/// Bytes that compress a little, the same ones every time.
private func sample(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 60)
    }
}

/// A small generator with a seed (Steele, Lea and Flood, 2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

private let packing: [ContentCoding] = [.gzip, .zstd]

@Suite struct CompressionTests {
    @Test(arguments: ContentCoding.allCases, [0, 1, 100, 4_096, 300_000])
    func `bytes survive the way there and back`(coding: ContentCoding, count: Int) throws {
        let bytes = sample(count)
        let packed = try compress(bytes, as: coding)
        #expect(try decompress(packed, as: coding, outputBytesMax: count) == bytes)
        #expect(coding == .identity || count < 100 || packed.count < count)
    }

    @Test(arguments: packing)
    func `equal input gives equal output at every level`(coding: ContentCoding) throws {
        let bytes = sample(20_000)
        for level in coding.levels {
            let packed = try compress(bytes, as: coding, level: level)
            #expect(try compress(bytes, as: coding, level: level) == packed)
            #expect(try decompress(packed, as: coding, outputBytesMax: 20_000) == bytes)
        }
        let last = try compress(bytes, as: coding, level: coding.levels.upperBound)
        #expect(try compress(bytes, as: coding, level: .max) == last)
        let first = try compress(bytes, as: coding, level: coding.levels.lowerBound)
        #expect(try compress(bytes, as: coding, level: .min) == first)
    }

    @Test func `a gzip header carries no time and no name`() throws {
        let packed = try compress(sample(100), as: .gzip)
        // Magic number, deflate, no flags, four bytes of time.
        #expect(packed.prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
    }

    @Test(arguments: packing)
    func `several members or frames read as one text`(coding: ContentCoding) throws {
        let parts = [sample(5_000), [], Array("end".utf8)]
        var packed: [UInt8] = []
        for part in parts { packed += try compress(part, as: coding) }
        let whole = Array(parts.joined())
        #expect(try decompress(packed, as: coding, outputBytesMax: 5_003) == whole)
        #expect(throws: CompressionError.tooLarge(limit: 5_002)) {
            try decompress(packed, as: coding, outputBytesMax: 5_002)
        }
    }

    /// What gzip(1) and zstd(1) wrote for `arpguard` and a newline.
    @Test(
        arguments: [
            (
                .gzip,
                """
                1f8b0800 01000000 02ff \
                4b2c2a482f4d2c4ae10200 37fc64be 09000000
                """
            ),
            // Extra field, file name and comment in the header.
            (
                .gzip,
                """
                1f8b081c 01020304 0003 0300616263 6e616d6500 636f6d6d656e7400 \
                4b2c2a482f4d2c4ae10200 37fc64be 09000000
                """
            ),
            (.zstd, "28b52ffd 0458 490000 61727067756172640a 93645737"),
        ] as [(ContentCoding, String)])
    func `output of other programs reads`(coding: ContentCoding, hex: String) throws {
        let digits = Array(hex.filter { $0 != " " })
        let packed = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        let bytes = try decompress(packed, as: coding, outputBytesMax: 100)
        #expect(bytes == Array("arpguard\n".utf8))
    }
}

@Suite struct HostileInputTests {
    @Test(arguments: ContentCoding.allCases)
    func `output beyond the limit is an error and the limit itself is not`(
        coding: ContentCoding
    ) throws {
        for count in [1, 4_096, 65_536, 1 << 20] {
            let packed = try compress([UInt8](repeating: 0, count: count), as: coding)
            #expect(try decompress(packed, as: coding, outputBytesMax: count).count == count)
            #expect(throws: CompressionError.tooLarge(limit: count - 1)) {
                try decompress(packed, as: coding, outputBytesMax: count - 1)
            }
        }
    }

    @Test(arguments: packing)
    func `a bomb of zeros stops at the limit`(coding: ContentCoding) throws {
        let bomb = try compress([UInt8](repeating: 0, count: 64 << 20), as: coding)
        #expect(bomb.count < 100_000)
        let error = #expect(throws: CompressionError.self) {
            try decompress(bomb, as: coding, outputBytesMax: 1 << 20)
        }
        #expect(error?.description == "more than 1048576 bytes after decompression")
    }

    @Test(arguments: packing)
    func `every shortened text is an error`(coding: ContentCoding) throws {
        let packed = try compress(sample(200), as: coding)
        for count in 0..<packed.count {
            #expect(throws: CompressionError.malformed) {
                try decompress(Array(packed.prefix(count)), as: coding, outputBytesMax: 1_000)
            }
        }
    }

    @Test(arguments: packing)
    func `a damaged byte never gives other content`(coding: ContentCoding) throws {
        let bytes = sample(200)
        let packed = try compress(bytes, as: coding)
        for index in packed.indices {
            var damaged = packed
            damaged[index] ^= 0x10
            let result = try? decompress(damaged, as: coding, outputBytesMax: 1_000)
            #expect(result == nil || result == bytes)
        }
    }

    @Test(arguments: packing)
    func `bytes behind the last member are an error`(coding: ContentCoding) throws {
        let packed = try compress(sample(200), as: coding)
        for tail in [[0], [0x1F, 0x8B], Array("tail".utf8)] as [[UInt8]] {
            #expect(throws: CompressionError.malformed) {
                try decompress(packed + tail, as: coding, outputBytesMax: 1_000)
            }
        }
    }

    @Test func `a hundred thousand empty members are read in one walk`() throws {
        let member = try compress([], as: .gzip)
        let packed = Array(repeatElement(member, count: 100_000).joined())
        #expect(try decompress(packed, as: .gzip, outputBytesMax: 0) == [])
    }

    @Test func `a zstd frame that wants a large window is an error`() {
        let frame: [UInt8] = [
            0x28, 0xB5, 0x2F, 0xFD,  // magic number
            0x00,  // descriptor: window, no content size, no checksum
            0x70,  // window: 2 to the power of 24
            0x01, 0x00, 0x00,  // last block, raw, empty
        ]
        #expect(throws: CompressionError.windowTooLarge(limit: 8 << 20)) {
            try decompress(frame, as: .zstd, outputBytesMax: 100)
        }
        var allowed = frame
        allowed[5] = 0x68
        #expect(throws: Never.self) {
            try decompress(allowed, as: .zstd, outputBytesMax: 100)
        }
    }

    @Test func `mutated input never traps`() throws {
        var generator = SplitMix64(state: 7)
        for coding in packing {
            let packed = try compress(sample(300), as: coding)
            for _ in 0..<2_000 {
                var damaged = packed
                for _ in 0..<3 {
                    let index = Int.random(in: packed.indices, using: &generator)
                    damaged[index] = .random(in: 0...255, using: &generator)
                }
                _ = try? decompress(damaged, as: coding, outputBytesMax: 10_000)
            }
        }
    }
}
