// SPDX-License-Identifier: Apache-2.0

import SQLite
import Telemetry
import TestKit
import Testing

/// A reader keeps a deletion from its end: whoever looks more than once waits for it once.
@Suite struct AwaitedReaderTests {
    private let home: Home
    /// How long databases that are opened from now on wait, in milliseconds.
    private let patience = Monitor<Int32>(0)

    init() throws { home = try Home.withOneBatchSent() }

    private var control: TelemetryControl {
        var seams = home.seams()
        let patience = patience
        seams.openDatabase = { path, mode throws(SQLiteError) in
            try Connection(path: path, mode: mode, busyMilliseconds: patience.read { $0 })
        }
        return TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
    }

    @Test func `one that was waited for in vain is not once more, and is heeded when it goes`()
        throws
    {
        let control = control
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try control.deleteData() }
        patience.update { $0 = 30_000 }
        let time = try ContinuousClock().measure {
            let problem = try control.status().storeProblem
            #expect(problem?.contains("old bytes remain") == true, "\(problem ?? "")")
        }
        #expect(time < .seconds(15), "\(time)")
        try reader.execute("COMMIT")
        let status = try control.status()
        #expect(status.storeProblem == nil && status.recorded == 0)
    }
}
