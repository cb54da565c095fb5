// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Synchronization
import Testing

/// What the machine and its person are called, in the forms in which a program meets it.
@Suite struct OwnNamesTests {
    @Test(arguments: [
        ("anna", true), ("Anna.failed", true), ("error_annas-laptop", true),
        ("annaslaptop", true), ("AnnasLaptopError", true), ("muster", true), ("root", false),
        ("annalen", false), ("laptop", true), ("timeout", false), ("AnnaScanner", true),
        ("annaLaptop", true), ("scanAnna2", true), ("ANNAscan", true), ("ANNAScan", true),
        ("AnnalenScanner", false), ("HannaScanner", false), ("an_na", true),
    ])
    func `what the machine and its person are called is found`(text: String, isFound: Bool) {
        let own = OwnNames { ["annas-laptop.lan", "anna", "Anna Muster", "root", "x"] }
        #expect(own.occur(in: text) == isFound)
    }

    @Test(
        arguments: [
            ("Jörg Müller", ["joerg_mueller", "JoergMueller", "jorg.scan", "muller_scan"]),
            ("Jo\u{308}rg", ["joerg", "JorgScan"]), ("JÖRG", ["JoergScan", "jorg_scan"]),
            ("René", ["rene_scan"]), ("Søren", ["SorenScan", "soeren"]),
            ("Åsa", ["aasa", "AsaTask"]),
            ("Łukasz", ["LukaszTask"]), ("Weiß", ["weiss_scan"]), ("WEISS", ["WeissScan"]),
            ("Nguyễn", ["nguyen_scan"]), ("Þóra", ["ThoraTask"]), ("François", ["francoisTask"]),
            ("İlker", ["ilker_scan"]),
        ])
    func `letters beyond ASCII are found as people write them there`(
        name: String, identifiers: [String]
    ) {
        let own = OwnNames { [name] }
        for identifier in identifiers { #expect(own.occur(in: identifier), "\(identifier)") }
        #expect(!own.occur(in: "timeout"))
    }

    @Test(arguments: [
        ("Lena92", "lena92Scan", true), ("Lena92", "x_lena92", true), ("Lena92", "LenaTask", true),
        ("AnnaLaptop", "anna_scan", true), ("AnnaLaptop2", "LaptopScan", true),
        ("4add81f20c3e", "add_item", false), ("4add81f20c3e", "peer4add81f20c3e", true),
        ("www-data", "DataError", false), ("Анна", "anna_scan", false),
    ])
    func `numbers and capitals in a name divide it as far as it means something`(
        name: String, identifier: String, isFound: Bool
    ) {
        #expect(OwnNames { [name] }.occur(in: identifier) == isFound)
    }

    @Test func `without names nothing is taken for one`() {
        #expect(!OwnNames { ["", "-", "42"] }.occur(in: "timeout"))
    }

    @Test func `names are read once, and not before they are needed`() {
        let reads = Reads()
        let own = OwnNames {
            reads.count.withLock { $0 += 1 }
            return ["anna"]
        }
        #expect(reads.count.withLock { $0 } == 0)
        #expect(own.occur(in: "anna") && own.occur(in: "AnnaScan") && !own.occur(in: "x"))
        #expect(reads.count.withLock { $0 } == 1)
    }
}

private final class Reads: Sendable {
    let count = Mutex(0)
}
