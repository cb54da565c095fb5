// SPDX-License-Identifier: Apache-2.0

private import CSodium

/// Lengths of `keyedHash(_:key:)`.
public enum KeyedHash {
    /// Bytes of every result.
    public static let bytes = 32
    /// Lengths a key may have, in bytes (RFC 7693 section 2.9; shorter keys can be guessed).
    public static let keyBytes = 16...64

    /// Lets libsodium choose its code for this processor, once per process; its result counts
    /// nowhere, because every choice computes the same hash.
    fileprivate static let chooseCode = sodium_init()
}

/// The BLAKE2b-256 (RFC 7693) of the bytes under a secret key of `KeyedHash.keyBytes` bytes.
///
/// Without the key nobody can tell which input a result stands for, not even by trying all
/// inputs. A key of another length is a mistake of the caller and stops the program.
public func keyedHash(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    precondition(KeyedHash.keyBytes.contains(key.count), "key of \(key.count) bytes")
    _ = KeyedHash.chooseCode
    var digest = [UInt8](repeating: 0, count: KeyedHash.bytes)
    let status = unsafe crypto_generichash(
        &digest, digest.count, bytes, UInt64(bytes.count), key, key.count)
    precondition(status == 0, "BLAKE2b refused lengths that were checked")
    return digest
}

/// Whether both hold the same bytes, taking the same time wherever they differ.
///
/// Different lengths are told at once: lengths are not secret.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe sodium_memcmp(left, right, left.count) == 0
}
