// SPDX-License-Identifier: Apache-2.0

import Hashing
import Testing

@Suite struct HashTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the values of FIPS 180`(text: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == digest)
    }

    @Test func `SHA-256 in pieces equals SHA-256 of the whole`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var hash = SHA256()
        for start in stride(from: 0, to: 1_000, by: 77) {
            hash.update(Array(bytes[start..<min(start + 77, 1_000)]))
        }
        #expect(hash.finalize() == SHA256.hash(bytes))
        #expect(
            Hex.encode(hash.finalize())
                == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
        hash.update([])
        #expect(hash.finalize() == SHA256.hash(bytes))
        hash.update([1])
        #expect(hash.finalize() == SHA256.hash(bytes + [1]))
    }

    /// Expected values from the reference BLAKE2 code that CPython ships.
    @Test(
        arguments: [
            (
                Array("abc".utf8), 32,
                "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"
            ),
            ([], 16, "037c7d740ea795902b5aebe210fafffff1f627f74010f8dc79c0d5b8a9fb5847"),
            (
                Array(0..<255), 64,
                "fe7b76a61787c089141f9e10fca1e5092488d89c62ea793fb2c5b1f849b4f2cb"
            ),
        ] as [([UInt8], UInt8, String)])
    func `a keyed hash is BLAKE2b`(bytes: [UInt8], keyCount: UInt8, digest: String) {
        #expect(Hex.encode(keyedHash(bytes, key: Array(0..<keyCount))) == digest)
    }

    @Test func `another key gives another hash`() {
        let one = keyedHash([1, 2, 3], key: Array(0..<32))
        #expect(one != keyedHash([1, 2, 3], key: Array(1..<33)))
    }

    @Test(arguments: [0, 15, 65])
    func `a key of the wrong length stops the program`(count: Int) async {
        await #expect(processExitsWith: .failure) { [count] in
            _ = keyedHash([], key: [UInt8](repeating: 1, count: count))
        }
    }

    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1, 2], [1, 3], false), ([1], [1, 2], false),
            ([], [0], false),
        ] as [([UInt8], [UInt8], Bool)])
    func `comparison tells equal bytes from others`(
        left: [UInt8], right: [UInt8], equal: Bool
    ) {
        #expect(constantTimeEquals(left, right) == equal)
    }
}
