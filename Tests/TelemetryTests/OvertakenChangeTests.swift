// SPDX-License-Identifier: Apache-2.0

import Modules
import Synchronization
import Telemetry
import TestKit
import Testing

/// A no that is said in the middle of another change, and can't be written down before that ends.
@Suite struct OvertakenChangeTests {
    private let home: Home

    init() throws { home = try Home() }

    /// What else a person may have begun.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var before = TelemetryModuleConfig.withURL
        var error: TelemetryError.Code?
        let work: @Sendable (TelemetryControl) throws -> Void
    }

    private static let narrower = {
        var config = TelemetryModuleConfig.withURL
        config.allowedEventTypes = ["app_start"]
        return config
    }()

    static let changes = [
        Change(testDescription: "a deletion") { _ = try $0.deleteData() },
        Change(testDescription: "another identifier") { _ = try $0.rotateID() },
        Change(testDescription: "a yes to a place", before: .init(), error: .blocked) {
            try $0.enable($0.terms)
        },
        Change(testDescription: "a yes to more", before: narrower, error: .blocked) {
            try $0.enable($0.terms)
        },
    ]

    /// Says no when the change writes its record.
    private func run(_ change: Change) throws {
        let isSaid = Atomic(false)
        let home = home
        let files = FailingFiles({ path in
            let isTime = path.hasSuffix("/consent.json")
            if isTime, !isSaid.exchange(true, ordering: .relaxed) {
                let error = #expect(throws: TelemetryError.self) {
                    try home.control().disable()
                }
                #expect(error?.description.contains("telemetry is off") == true)
            }
            return false
        })
        try change.work(home.control(files: files))
        let wasSaid = isSaid.load(ordering: .relaxed)
        #expect(wasSaid)
    }

    @Test(arguments: changes)
    func `it holds, and is written down by that change`(change: Change) throws {
        try home.enable(change.before)
        home.record(2, change.before)
        let module = home.module()
        module.initialize()
        defer { module.end() }
        var code: TelemetryError.Code?
        do { try run(change) } catch let error as TelemetryError { code = error.code }
        #expect(code == change.error)
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        #expect(!module.trackEvent("app_start"))
        module.flush()
        #expect(!module.trackEvent("app_start"))
        _ = try home.control().status()
        let decisions = try home.control().ledger().map(\.kind).filter { $0.hasPrefix("consent") }
        #expect(decisions.last == "consent_withdrawn")
        try home.enable()
        module.flush()
        #expect(module.trackEvent("app_start"))
    }

    @Test func `a no that is repeated takes nothing from a yes that follows`() throws {
        try home.enable()
        let module = home.module()
        module.initialize()
        defer { module.end() }
        for _ in 0..<20 {
            try home.control().disable()
            module.flush()
            #expect(!module.trackEvent("app_start"))
        }
        try home.enable()
        #expect(module.trackEvent("app_start"))
    }
}
