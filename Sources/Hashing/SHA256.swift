// SPDX-License-Identifier: Apache-2.0

private import CSodium

/// A SHA-256 (FIPS 180-4) over bytes that arrive in pieces.
public struct SHA256: Sendable {
    /// Bytes of every result.
    public static let bytes = 32

    private var state = crypto_hash_sha256_state()

    /// A hash over nothing yet.
    public init() {
        unsafe crypto_hash_sha256_init(&state)
    }

    /// Takes in the next piece.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
    }

    /// The 32 bytes over all pieces so far; the hash itself can go on afterwards.
    public func finalize() -> [UInt8] {
        var copy = state
        var digest = [UInt8](repeating: 0, count: Self.bytes)
        unsafe crypto_hash_sha256_final(&copy, &digest)
        return digest
    }

    /// The 32 bytes over the whole input.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.bytes)
        unsafe crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
        return digest
    }
}
