// SPDX-License-Identifier: Apache-2.0

import Detection
import Testing

struct AddressTests {
    @Test(arguments: ["00:00:00:00:00:00", "0a:1b:2c:3d:4e:5f", "ff:ff:ff:ff:ff:ff"])
    func `hardware addresses survive being read and written`(text: String) {
        #expect(MACAddress(text)?.description == text)
    }

    @Test func `hardware addresses are read in both common spellings`() {
        #expect(MACAddress("0A-1B-2C-3D-4E-5F") == MACAddress("0a:1b:2c:3d:4e:5f"))
    }

    @Test(arguments: [
        "", "0a:1b:2c:3d:4e", "0a:1b:2c:3d:4e:5f:60", "0a:1b:2c:3d:4e:5g", "a:1b:2c:3d:4e:5f",
        "+a:1b:2c:3d:4e:5f", "0a:1b:2c:3d:4e:", "0a1b2c3d4e5f",
    ])
    func `other text is no hardware address`(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test(arguments: ["0.0.0.0", "10.0.0.1", "255.255.255.255"])
    func `Internet addresses survive being read and written`(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.+4", "1.2..4", "::1",
    ])
    func `other text is no Internet address`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: [
        ("00:00:00:00:00:00", false), ("ff:ff:ff:ff:ff:ff", false), ("01:00:5e:00:00:12", false),
        ("02:00:00:00:00:01", true), ("00:00:5e:00:01:33", true),
    ])
    func `groups and nobody are no stations`(text: String, isUnicast: Bool) {
        #expect(MACAddress(text)?.isUnicast == isUnicast)
    }

    @Test func `VLANs keep their order`() {
        #expect(VLANStack([1, 4_095, 7]).ids == [1, 4_095, 7])
        #expect(VLANStack([7, 1]) != VLANStack([1, 7]))
        #expect(VLANStack([1, 2, 3, 4, 5]).ids == [1, 2, 3, 4])
    }
}
