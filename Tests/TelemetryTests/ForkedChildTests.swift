// SPDX-License-Identifier: Apache-2.0

import Glibc
import Telemetry
import TestKit
import Testing

/// A forked child has its parent's module, and must leave its parent's journal alone.
@Suite struct ForkedChildTests {
    /// What a child does before it tries to record.
    enum Call: CaseIterable {
        case nothing, initialize, flush, noteSettings, shutdown

        func callAsFunction(_ module: TelemetryModule) {
            switch self {
            case .nothing: break
            case .initialize: module.initialize()
            case .flush: module.flush()
            case .noteSettings: module.noteSettings(["output.log": "x"])
            case .shutdown: module.shutdown()
            }
        }
    }

    @Test(arguments: Call.allCases)
    func `a forked child records nothing and takes nothing away, whatever it calls`(
        call: Call
    ) throws {
        let home = try Home()
        try home.enable()
        let module = home.module()
        module.initialize()
        #expect(module.trackEvent("app_start"))
        let isRecorded = try ForkedChild.run {
            call(module)
            var isRecorded = module.status.isRecording
            for _ in 0..<300 where module.trackEvent("app_stop") { isRecorded = true }
            call(module)
            return isRecorded
        }
        #expect(!isRecorded)
        for _ in 0..<100 { #expect(module.trackEvent("app_start")) }
        module.flush()
        #expect(module.trackEvent("app_start"))
        module.end()
        let names = try home.control().events().map(\.name)
        #expect(names == Array(repeating: "app_start", count: 102))
        #expect(try home.control().status().lost.isEmpty)
    }
}

/// A copy of this process that answers one question.
private enum ForkedChild {
    /// After this a child that waits for itself is ended, in seconds.
    static let secondsMax: UInt32 = 60

    static func run(_ question: () -> Bool) throws -> Bool {
        typealias Fork = @convention(c) () -> pid_t
        // Swift's module hides the call: a child of many threads may do next to nothing. It does.
        let fork = unsafe unsafeBitCast(try #require(dlsym(nil, "fork")), to: Fork.self)
        let process = fork()
        if process == 0 {
            alarm(secondsMax)
            _exit(question() ? 1 : 0)
        }
        try #require(process > 0)
        var status: Int32 = 0
        try #require(unsafe waitpid(process, &status, 0) == process)
        try #require(status & 0x7F == 0)
        return status >> 8 == 1
    }
}
