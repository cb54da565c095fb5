// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

/// How terms go further than those of a yes.
struct TermsChangeTests {
    private static func terms(
        _ origin: String?, isCoarse: Bool = true, _ properties: [String] = ["a", "a.b"]
    ) -> ConsentTerms {
        ConsentTerms(
            properties: properties, catalogueDigest: "", origin: origin, anonymizeData: isCoarse)
    }

    static let cases: [(String, ConsentTerms, ConsentTerms, [TermsChange])] = [
        ("none", terms("https://a"), terms("https://a"), []),
        ("sending nowhere any more", terms("https://a"), terms(nil), []),
        ("coarser than agreed", terms("https://a", isCoarse: false), terms("https://a"), []),
        (
            "another place", terms("https://a"), terms("https://b"),
            [.origin(agreed: "https://a", now: "https://b")]
        ),
        (
            "a first place", terms(nil), terms("https://b"),
            [.origin(agreed: nil, now: "https://b")]
        ),
        ("exact", terms(nil), terms(nil, isCoarse: false), [.exactness]),
        ("single new properties are withheld", terms(nil), terms(nil, ["a", "a.c"]), []),
        ("all events are others", terms(nil), terms(nil, ["c"]), [.events]),
        (
            "all of it", terms("https://a"), terms("https://b", isCoarse: false, ["c"]),
            [.origin(agreed: "https://a", now: "https://b"), .exactness, .events]
        ),
    ]

    @Test(arguments: cases)
    func `each way in which terms go further is told, and no other`(
        name: String, agreed: ConsentTerms, now: ConsentTerms, changes: [TermsChange]
    ) {
        #expect(now.changes(since: agreed) == changes)
        #expect(Set(changes.map(\.description)).count == changes.count)
    }
}
