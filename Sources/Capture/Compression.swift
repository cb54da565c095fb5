// SPDX-License-Identifier: Apache-2.0

/// How captures are kept small, and what makes them readable again.
enum Compression: String, CaseIterable {
    /// RFC 1952, section 2.3.1.
    case gzip
    /// RFC 8878, section 3.1.1.
    case zstd
    /// The .xz file format, section 2.1.1.
    case xz
    case bzip2

    /// Its first bytes.
    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .xz: [0xFD, 0x37, 0x7A, 0x58]
        case .bzip2: [0x42, 0x5A, 0x68]
        }
    }

    /// The command that writes what is compressed to its standard output.
    var command: String {
        switch self {
        case .gzip: "zcat"
        case .zstd: "zstdcat"
        case .xz: "xzcat"
        case .bzip2: "bzcat"
        }
    }

    /// The one that made bytes which begin like these; nil for none that is known.
    init?(_ bytes: Span<UInt8>) {
        let first = (0..<min(bytes.count, CaptureLimits.magicBytes)).map { bytes[$0] }
        guard let known = Self.allCases.first(where: { first.starts(with: $0.magic) })
        else { return nil }
        self = known
    }
}
