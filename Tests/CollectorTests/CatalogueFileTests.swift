// SPDX-License-Identifier: Apache-2.0

import Catalogue
import TestKit
import Testing

@testable import Collector

@Suite struct CatalogueFileTests {
    private static func event(_ name: String, _ properties: String) -> String {
        #"{"events": [{"name": "\#(name)", "properties": [\#(properties)]}]}"#
    }

    private static let flag = #"{"name": "cached", "kind": "bool"}"#
    private static let many = Array(repeating: flag, count: 1000).joined(separator: ",")

    private static let words = (0..<CatalogueFile.wordsMax).map { "w\($0)" }

    private static func choice(of words: [String]) -> String {
        let list = words.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"name": "x", "kind": "choice", "values": [\#(list)]}"#
    }

    static let faults: [(text: String, says: String)] = [
        ("", "it is no JSON text"), ("{", "it is no JSON text"),
        (String(repeating: "[", count: 9) + String(repeating: "]", count: 9), "no JSON text"),
        ("[]", "it has no list 'events'"), (#"{"events": {}}"#, "it has no list 'events'"),
        (#"{"events": [7]}"#, "an event has no name of small letters"),
        (event("a b", ""), "an event has no name of small letters"),
        (event("run.all", ""), "an event has no name of small letters"),
        (#"{"events": [{"name": "run"}, {"name": "run"}]}"#, "it has two events of one name"),
        (event("run", "\(flag),\(flag)"), "'run' has two properties of one name"),
        (event("run", choice(of: ["a|b"])), "the kind of 'run.x' is not known"),
        (event("run", choice(of: words)), "the kind of 'run.x' is not known"),
        (event("run", many), "'run' has more than"),
        (event("run", #"{"kind": "bool"}"#), "a property of 'run' has no proper name"),
        (event("run", #"{"name": "x/y", "kind": "bool"}"#), "a property of 'run' has no proper"),
        (event("run", #"{"name": "x"}"#), "the kind of 'run.x' is not known here"),
        (event("run", #"{"name": "x", "kind": "text"}"#), "the kind of 'run.x' is not known here"),
        (event("run", #"{"name": "x", "kind": "choice"}"#), "the kind of 'run.x' is not known"),
        (event("run", #"{"name": "x", "kind": "count"}"#), "the kind of 'run.x' is not known"),
        (
            event("run", #"{"name": "x", "kind": "count", "max": -1}"#),
            "the kind of 'run.x' is not known"
        ),
    ]

    @Test(arguments: faults)
    func `a file that declares nothing sound is refused, with the fault`(
        text: String, says: String
    ) {
        let problem = #expect(throws: CatalogueFile.Problem.self) {
            try CatalogueFile(Array(text.utf8))
        }
        #expect(problem?.description.contains(says) == true, "\(String(describing: problem))")
    }

    @Test(arguments: [
        ("swiftlinter", true), ("My Linter 2", true), (String(repeating: "é", count: 32), true),
        ("", false), ("a\nb", false), ("\u{7F}", false),
        ("a\u{202E}b", false),
        (String(repeating: "é", count: 32) + "a", false),
    ])
    func `a service has a name of bounded length and on one line`(name: String, isOne: Bool) {
        #expect(CatalogueFile.isService(name) == isOne)
    }

    @Test func `a sound one declares what it says`() throws {
        let file = try CatalogueFile(Array(Self.event("run_all", Self.flag).utf8))
        #expect(file.service == nil)
        #expect(file.catalogue.events.map(\.name) == ["run_all"])
        #expect(file.catalogue.events.first?.properties.map(\.name) == ["cached"])
    }
}
