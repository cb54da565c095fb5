// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct ImportRuleTests {
    @Test(arguments: [
        ("import A", "A"), ("public import A", "A"), ("@testable import A", "A"),
        ("import struct A.B", "A"), ("@unsafe @preconcurrency import A", "A"),
        ("private import A // why", "A"), ("func import_(A)", nil), ("let x = important", nil),
        ("case exports, import", nil),
    ])
    func `the module of an import is read`(line: String, module: String?) {
        #expect(ImportRules.importing(line[...])?.module == module.map { $0[...] })
    }

    @Test(arguments: [
        ("Sources/Detection/a.swift", "import Glibc", 1),
        ("Sources/Detection/a.swift", "// import Glibc", 0),
        ("Sources/Capture/a.swift", "import Glibc", 0),
        ("Sources/Capture/a.swift", "import Foundation", 1),
        ("Sources/Collector/a.swift", "import Telemetry", 1),
        ("Sources/Telemetry/a.swift", "import TelemetryUpload", 1),
        ("Sources/arpguard-upload/main.swift", "import TelemetryUpload", 0),
        ("Tests/ATests/a.swift", "import Telemetry", 0),
    ])
    func `an import upwards is found`(path: String, line: String, count: Int) {
        #expect(ImportRules.layers(TextFile(path, line)).count == count)
    }

    @Test(arguments: [
        ("private import CPcap", 0), ("import CPcap", 1), ("public import CPcap", 1),
        ("@preconcurrency private import CPcap", 0), ("import Glibc", 0),
    ])
    func `a C library that shows is found`(line: String, count: Int) {
        let file = TextFile("Sources/Capture/a.swift", line)
        #expect(ImportRules.privateLibraries(file).count == count)
    }

    @Test func `a second owner of a C library is found`() {
        let owner = TextFile("Sources/Capture/a.swift", "private import CPcap")
        let other = TextFile("Tests/CaptureTests/b.swift", "private import CPcap")
        #expect(ImportRules.oneOwner([owner, owner]).isEmpty)
        #expect(ImportRules.oneOwner([owner, other]).map(\.path) == [other.path])
    }

    @Test func `Foundation in a test is found, in the test tools it is not`() {
        let line = "import Foundation"
        #expect(ImportRules.foundation(TextFile("Tests/ATests/a.swift", line)).count == 1)
        #expect(ImportRules.foundation(TextFile("Tests/TestKit/a.swift", line)).isEmpty)
    }

    @Test(arguments: [("Sources/JSON/a.swift", 0), ("Sources/a.swift", 1), ("Sources/No/a.c", 1)])
    func `a file without a target is found`(path: String, count: Int) {
        #expect(ImportRules.home(TextFile(path, "")).count == count)
    }

    @Test func `the table itself points down`() {
        var below = Layers.cTargets
        for layer in Layers.all {
            #expect(layer.imports.isSubset(of: below), "\(layer.target)")
            below.insert(layer.target)
        }
    }

    @Test func `each C library has the owners in the table that it may have`() {
        for library in Layers.libraries {
            let owners = Layers.all.filter { $0.imports.contains(library) }.map(\.target)
            let shared = Layers.owners[library]
            #expect(shared.map { Set(owners) == $0 } ?? (owners.count == 1), "\(library)")
        }
    }

    @Test func `a third owner of a shared library is found`() {
        let line = "private import CCurl"
        let files = ["Collector", "TelemetryUpload", "Telemetry", "Program"].map {
            TextFile("Sources/\($0)/a.swift", line)
        }
        #expect(ImportRules.oneOwner(Array(files.prefix(2))).isEmpty)
        #expect(ImportRules.oneOwner(files).map(\.path) == files.suffix(2).map(\.path))
    }
}
