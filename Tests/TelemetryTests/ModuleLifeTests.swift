// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

/// What a module says of itself is what it does.
@Suite struct ModuleLifeTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// Whether it says that it records; what it does is the same.
    private func records(_ module: TelemetryModule) -> Bool {
        let isRecording = module.status.isRecording
        #expect(module.trackEvent("app_start") == isRecording)
        return isRecording
    }

    @Test func `a module records from initialize to shutdown, and says so`() throws {
        let module = home.module()
        #expect(!records(module))
        module.initialize()
        #expect(records(module))
        try home.control().disable()
        #expect(!records(module))
        try home.enable()
        #expect(records(module))
        module.end()
        #expect(!records(module))
    }

    @Test func `a module that was shut down does not begin again, and says why`() throws {
        let module = home.module()
        module.initialize()
        module.end()
        module.initialize()
        #expect(!records(module))
        #expect(module.status.problems.contains { $0.contains("make another") })
        module.end()
    }
}
