// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Testing

@Suite struct AdmissionTests {
    @Test(
        arguments: [
            (.count(max: 10), 3, .accepted(3)), (.count(max: 10), 11, .accepted(10)),
            (.count(max: 10), -1, .refused(.outOfBounds)), (.count(max: 10), 2.9, .accepted(2)),
            (.count(max: 10), .double(.nan), .refused(.outOfBounds)),
            (.count(max: 10), .double(.infinity), .accepted(10)),
            (.count(max: 10), "3", .refused(.wrongKind)),
            (.count(max: 10), true, .refused(.wrongKind)),
            (.duration(.milliseconds, max: 5), 6, .accepted(5)), (.bool, true, .accepted(true)),
            (.bool, 1, .refused(.wrongKind)), (.choice(["a", "other"]), "a", .accepted("a")),
            (.choice(["a", "other"]), "10.0.0.1", .accepted("other")),
            (.choice(["a", "other"]), 1, .refused(.wrongKind)),
            (.version, "2.1.0", .accepted("2.1.0")),
            (.version, "1.2.3-rc.1", .accepted("1.2.3-rc.1")),
            (.version, "192.168.1.1.5", .refused(.guarded)), (.version, "", .refused(.guarded)),
            (.version, "1.0-mallory", .refused(.guarded)), (.version, "12345", .refused(.guarded)),
        ] as [(PropertyKind, PropertyValue, Admission)])
    func `a kind admits what it declares`(
        kind: PropertyKind, value: PropertyValue, answer: Admission
    ) {
        #expect(kind.admit(value) == answer)
    }

    @Test(arguments: [
        "DecodingError.keyNotFound", "NIOConnectionError", "errno_104", "URLError", "HTTP2Error",
        "POSIXError.ECONNREFUSED", "timeout", "IPv6Unavailable", "Sha256Mismatch", "A.B.C",
    ])
    func `the guard lets names of types and errors through`(name: String) {
        #expect(PropertyGuard.admits(name))
    }

    @Test(arguments: [
        "192.168.1.1", "ip192.168.1.1", "a192_168_1_20", "fe80::1", "02:00:00:00:00:01",
        "mac_aa.bb.cc.dd.ee.ff", "aabbccddeeff", "a1b2c3d4e5f6", "someone@example.org",
        "host.example.com", "printer.local", "https://x.org/y", "/etc/passwd", "notes.txt",
        "d9b2d63d_a233_4123_847a_7090b8b4a6d1", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "user1234567", "", "with blank", "ünï", "x\u{0}y",
        "a234567890123456789012345678901234567890123456789012345678901234x",
    ])
    func `the guard refuses what looks like an address, a name of a machine or a token`(
        text: String
    ) {
        #expect(!PropertyGuard.admits(text))
    }

    @Test func `values of other types become what the catalogue counts`() {
        enum Rule: String { case first }
        #expect(PropertyValue(Duration.milliseconds(1250)) == 1250)
        #expect(PropertyValue(Duration.seconds(Int64.max)) == .integer(.max))
        #expect(PropertyValue(UInt64.max) == .integer(.max))
        #expect(PropertyValue(Rule.first) == "first")
    }
}
