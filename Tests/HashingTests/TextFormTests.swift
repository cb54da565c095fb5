// SPDX-License-Identifier: Apache-2.0

import Hashing
import Testing

@Suite struct TextFormTests {
    @Test func `hex goes both ways for every byte`() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102"))
        #expect(text.hasSuffix("fdfeff"))
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "abc", "0g", "0x", " 00", "00 ", "+1", "\u{661}\u{661}", "é"])
    func `text that is not hex has no bytes`(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    /// The examples of RFC 4648 section 10, and one that uses both special digits.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{3fb}\u{7ff}~", "z7vfv34="),
    ])
    func `base 64 gives the values of RFC 4648`(text: String, encoded: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.decode(encoded) == bytes)
        #expect(Base64.decode(String(encoded.prefix { $0 != "=" })) == bytes)
    }

    @Test func `base 64 reads the URL-safe digits as well`() {
        #expect(Base64.encode([0xFB, 0xFF, 0xFE]) == "+//+")
        #expect(Base64.decode("+//+") == [0xFB, 0xFF, 0xFE])
        #expect(Base64.decode("-__-") == [0xFB, 0xFF, 0xFE])
    }

    @Test(arguments: [
        "Z", "Zg=", "Zh==", "Zm9=", "Zm9v=", "Zm9vY", "=", "====", "Zg==Zg==", "Z g=",
    ])
    func `text that is not base 64 has no bytes`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
