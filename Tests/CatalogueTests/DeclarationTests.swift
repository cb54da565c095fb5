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
