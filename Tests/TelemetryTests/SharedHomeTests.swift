// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Telemetry
import TestKit
import Testing

/// Two programs on one folder: of one product with catalogues of their own, or of two products.
@Suite struct SharedHomeTests {
    private let home: Home
    private let scans = Catalogue([EventDefinition(id: 1, "scan_finished", purpose: "why", [])])
    private let copies = Catalogue([EventDefinition(id: 1, "copy_done", purpose: "why", [])])

    init() throws { home = try Home() }

    private func module(of product: String) -> TelemetryModule {
        TelemetryModule(
            for: Product(product, version: "1"), config: .withURL, home: home.folder.file("home"),
            seams: home.seams())
    }

    private func control(of product: String) -> TelemetryControl {
        TelemetryControl(
            for: Product(product, version: "1"), config: .withURL, home: home.folder.file("home"),
            seams: home.seams())
    }

    @Test func `a program that was asked for nothing leaves the events of another alone`() throws {
        try home.enable(catalogue: scans)
        var module: TelemetryModule? = home.module(catalogue: scans)
        module?.initialize()
        #expect(module?.trackEvent("scan_finished") == true)
        // Dropped without a shutdown: its journal waits for whoever looks next.
        module = nil
        let other = home.control(catalogue: copies)
        #expect(try other.status().lost.isEmpty)
        #expect(other.causes(blocking: .recording) == [.termsChanged])
        if case .sealed = try other.preview() { Issue.record("it seals what it does not know") }
        let own = home.control(catalogue: scans)
        #expect(try own.events().map(\.name) == ["scan_finished"])
        _ = try other.preview()
        #expect(try own.status().waiting == 1)
        #expect(try own.status().lost.isEmpty)
    }

    @Test func `a yes that replaced that of another program is told to that one`() throws {
        try home.enable(catalogue: scans)
        try home.enable(catalogue: copies)
        let module = home.module(catalogue: scans)
        module.initialize()
        #expect(!module.trackEvent("scan_finished"))
        #expect(module.status.blockedBy == [.termsChanged])
        #expect(!module.status.isRecording)
        module.end()
    }

    @Test func `a yes to one product is none to another in its folder`() throws {
        let first = control(of: "tool-a")
        try first.enable(first.terms)
        let (own, other) = (module(of: "tool-a"), module(of: "tool-b"))
        for module in [own, other] { module.initialize() }
        #expect(own.trackEvent("app_start"))
        #expect(!other.trackEvent("app_start"))
        #expect(other.status.blockedBy == [.notAsked])
        for module in [own, other] {
            module.flush()
            module.end()
        }
        let second = control(of: "tool-b")
        #expect(try second.status().storeProblem?.contains("another program: tool-a") == true)
        #expect(try second.status().installationID == nil)
        let decisions: [() throws -> Void] = [
            { try second.enable(second.terms) }, { try second.disable() },
            { try second.deleteData() }, { _ = try second.preview() },
        ]
        for decide in decisions { #expect(throws: TelemetryError.self, performing: decide) }
        #expect(first.causes(blocking: .recording).isEmpty)
        #expect(try first.events().map(\.name) == ["app_start"])
        #expect(try first.status().lost.isEmpty)
    }

    @Test func `what one product has to have erased is not told of another in its folder`() throws {
        try home.enable()
        home.record(1)
        try home.haveOneBatchAccepted()
        let own = home.control()
        #expect(try own.deleteData().erasureRequested)
        let module = home.module()
        module.initialize()
        #expect(try own.status().pendingErasures == 1)
        #expect(try own.uploadAgenda().isDue(at: home.clock.now()))
        let other = control(of: "tool-b")
        let status = try other.status()
        #expect(status.storeProblem?.contains("another program: arpguard") == true)
        #expect((status.pendingErasures, status.pendingErasureOrigins) == (0, []))
        #expect(status.recorders.isEmpty && status.blockedErasing.isEmpty)
        #expect(other.pendingErasures == 0)
        #expect(try other.outlook().erasureURLs.isEmpty)
        #expect(try other.uploadAgenda().dueAt == nil)
        module.end()
    }
}
