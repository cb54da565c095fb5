// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Testing

/// What may be declared: a mistake ends the program where it is made, and not where it is recorded.
@Suite struct DeclarationTests {
    @Test(
        arguments: [
            ("scan_finished", true), ("a", true), ("a1", true),
            (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
            ("", false), ("1a", false), ("_a", false), ("a.b", false), ("Scan", false),
            ("a b", false), ("a\nb", false), ("a-b", false), ("\u{E4}", false),
        ])
    func `names are in snake case and short`(name: String, isOne: Bool) {
        #expect(DeclarationRules.isName(name) == isOne)
    }

    @Test(
        arguments: [
            (.choice(["a", "B-2", "detection.gateway", "x86_64"]), true), (.choice([]), true),
            (.choice(["a|b"]), false), (.choice([""]), false), (.choice(["a b"]), false),
            (.choice([String(repeating: "a", count: 65)]), false),
            (.choice((0..<513).map { "w\($0)" }), false), (.count(max: 0), true),
            (.count(max: -1), false), (.duration(.seconds, max: -1), false), (.bool, true),
        ] as [(PropertyKind, Bool)])
    func `words are few and told apart, and bounds are not below 0`(
        kind: PropertyKind, isSound: Bool
    ) {
        #expect(DeclarationRules.isSound(kind) == isSound)
    }

    @Test(arguments: [
        "192.168.17.42", "10.0.0.7", "ip-10-0-0-7", "192-168-17", "annas-laptop.fritz.box",
        "annas-laptop.local", "printer.local", "nas.home", "mail.example.org", "srv01.corp",
        "www.muster.info", "02-00-5e-10-00-01", "02005e100001", "0200.5e10.0001",
        "2a02-8109-9a3f-5678--1", "fe80--1ff-fe23-4567-890a", "c0a8-112a",
        "0" + String(repeating: "a", count: 63),
    ])
    func `an address or a host is no word`(word: String) async {
        #expect(!DeclarationRules.isWord(word))
        await #expect(processExitsWith: .failure) { [word] in
            _ = PropertyDefinition(id: 1, "host", .choice(["a", word]), purpose: "why")
        }
    }

    @Test(arguments: [
        "http_500", "http-500", "404", "ipv4", "IPv6", "10_100_ms", "0-10", "100-1000", "18-24",
        "tls1.3", "TLSv1.2", "x86_64", "arm64", "802.1x", "802.1Q", "802.11ac", "1.2.3",
        "2024.01.15",
        "v2.23.3.116", "10.0.22631.4460", "node.js", "utf-8", "iso-8859-1", "sha3-512", "ed25519",
        "aes-128-gcm", "ECDHE-RSA-AES128-GCM-SHA256", "en-US", "de_DE.UTF-8", "com.example.scanner",
        "System.IO", "libpcap-1.10", "eth0", "enp3s0", "h264", "c-3", "1-2-3", "decade",
        "dead_beef", "us-east-1a", "tcp-443", "ubuntu-22.04", "debian_12", "1920x1080", "sign.in",
        "user.name", "output.log", "detection.gateway", "user_settings.page", "other", "-", "_.",
        String(repeating: "a", count: 64),
    ])
    func `sensible words are words`(word: String) {
        #expect(DeclarationRules.isWord(word))
    }

    @Test(arguments: ["a.b", "", "a\nb"])
    func `a faulty name ends the program`(name: String) async {
        await #expect(processExitsWith: .failure) { [name] in
            _ = EventDefinition(id: 1, name, purpose: "why", [])
        }
        await #expect(processExitsWith: .failure) { [name] in
            _ = Property.bool(name, since: "1", purpose: "why")
        }
    }

    @Test(arguments: [Int64(-1), Int64.min])
    func `a bound below 0 ends the program`(max: Int64) async {
        await #expect(processExitsWith: .failure) { [max] in
            _ = Property.count("n", max: max, since: "1", purpose: "why")
        }
        await #expect(processExitsWith: .failure) { [max] in
            _ = Property.duration("n", max: max, since: "1", purpose: "why")
        }
    }

    @Test func `two properties of one name end the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = Event(
                "twice", since: "1", purpose: "why",
                Property.bool("a", since: "1", purpose: "why"),
                Property.count("a", since: "1", purpose: "why"))
        }
    }
}
