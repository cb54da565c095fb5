// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// The two bytes from `offset`, most significant first; the caller has checked that they are.
    @inline(always)
    func uint16(at offset: Int) -> UInt16 {
        // Checked against the span's bounds; any two bytes are a number.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self).bigEndian
    }

    /// The four bytes from `offset`, most significant first.
    @inline(always)
    func uint32(at offset: Int) -> UInt32 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian
    }

    /// The Internet address from `offset`.
    @inline(always)
    func ipv4(at offset: Int) -> IPv4Address {
        IPv4Address(bits: uint32(at: offset))
    }

    /// The hardware address from `offset`.
    @inline(always)
    func mac(at offset: Int) -> MACAddress {
        MACAddress(bits: UInt64(uint32(at: offset)) << 16 | UInt64(uint16(at: offset + 4)))
    }
}
