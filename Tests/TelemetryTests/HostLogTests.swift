// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite
import Synchronization
import Telemetry
import TestKit
import Testing

/// The host's log may do what it likes: ask the module, or never come back.
@Suite struct HostLogTests {
    private let home: Home
    private let files = FullDiskFiles()

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func module(_ sink: @escaping @Sendable (String) -> Void) -> TelemetryModule {
        var seams = home.seams()
        seams.files = files
        seams.openDatabase = { [files] path, mode throws(SQLiteError) in
            try files.openDatabase(path, mode)
        }
        seams.logger = Logger(program: "host", sink: sink)
        return TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
    }

    @Test func `a log may ask the module, and record`() throws {
        let telemetry = Mutex<TelemetryModule?>(nil)
        let told = Monitor<[String]>([])
        let module = module { line in
            let problems = telemetry.withLock { $0 }.map { module in
                module.trackEvent("error", ["error_type": "other"])
                return module.status.problems
            }
            told.update { $0 += problems ?? [line] }
        }
        telemetry.withLock { $0 = module }
        files.isFull = true
        module.initialize()
        #expect(told.wait(until: .within(.seconds(60))) { $0.isEmpty ? nil : $0 }?.count == 1)
        files.isFull = false
        module.end()
        telemetry.withLock { $0 = nil }
    }

    @Test func `a log that never comes back holds up neither an event nor shutdown`() throws {
        let (stuck, way) = (TestKit.Gate(), TestKit.Gate())
        let module = module { _ in
            stuck.open()
            try? way.wait()
        }
        module.initialize()
        // More than the store, which can't grow, has room for.
        for _ in 0..<600 { #expect(module.trackEvent("app_start", ["os": "linux"])) }
        files.isFull = true
        let flusher = OwnThread { module.flush() }
        try stuck.wait()
        let host = OwnThread {
            let isRecorded = module.trackEvent("app_stop")
            let isRecording = module.status.isRecording
            module.shutdown()
            return isRecorded && isRecording
        }
        #expect(try host.value())
        files.isFull = false
        way.open()
        try flusher.value()
    }
}
