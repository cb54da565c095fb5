// SPDX-License-Identifier: Apache-2.0

/// The text as a value in a URL's query: letters, digits and `-._~` stay, every other byte of UTF-8
/// is written as `%XX` (RFC 3986 section 2.1 and 2.3).
func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        let isPlain =
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
            || "-._~".utf8.contains(byte)
        if isPlain {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
