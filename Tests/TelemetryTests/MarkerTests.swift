// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import JSON
import SQLite
import Telemetry
import TestKit
import Testing

/// Plants markers, deletes, and searches every byte of the home for them.
@Suite struct MarkerTests {
    let home: Home
    /// A number that stands nowhere by chance.
    private static let marker: Int64 = 0x5E_C2E7

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// The marker in every form in which a file may hold it.
    private static var forms: [[UInt8]] {
        let little = (0..<4).map { UInt8(truncatingIfNeeded: marker >> (8 * Int64($0))) }
        var varint: [UInt8] = []
        var rest = UInt64(marker)
        while rest > 127 {
            varint.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        varint.append(UInt8(rest))
        return [little, little.reversed(), varint, Array(String(marker).utf8)]
    }

    private func filesWithMarker() throws -> [String] {
        try home.folder.contents().filter { name in
            guard let bytes = try? home.folder.read(name) else { return false }
            return Self.forms.contains { bytes.firstRange(of: $0) != nil }
        }
    }

    private func plant(_ module: TelemetryModule) {
        for _ in 0..<20 {
            #expect(
                module.trackEvent(
                    "feature_usage",
                    ["feature": "replay", "duration_ms": .integer(Self.marker)]))
        }
    }

    private static var exact: TelemetryModuleConfig {
        var config = TelemetryModuleConfig.withURL
        config.anonymizeData = false
        config.compression = "none"
        return config
    }

    @Test func `no byte is left of what stood in journal, store, log, batch and damaged files`()
        throws
    {
        try home.enable(Self.exact)
        let recorder = home.module(Self.exact)
        recorder.initialize()
        plant(recorder)
        recorder.flush()
        // Sealed, and so in a batch too.
        guard case .sealed(let batch, _) = try home.control(Self.exact).preview() else {
            Issue.record("nothing was sealed")
            return
        }
        // In the journal of a process that goes on, and in files that were set aside.
        plant(recorder)
        let store = try home.folder.read("home/telemetry/store.sqlite")
        try home.folder.write(store, to: "home/telemetry/store.damaged.sqlite")
        try home.folder.write(
            Self.forms.flatMap { $0 }, to: "home/telemetry/journal.damaged")
        #expect(try filesWithMarker().count >= 4)
        let id = try #require(try home.control(Self.exact).status().installationID)
        _ = try home.control(Self.exact).deleteData()
        #expect(try filesWithMarker() == [])
        for text in [id, batch.uid, batch.sha256] { #expect(try !home.holds(text), "\(text)") }
        plant(recorder)
        recorder.end()
        #expect(try home.control(Self.exact).status().recorded == 20)
    }

    @Test func `a reader in the way is named, and the next command leaves no byte`() throws {
        home.record(10)
        _ = try home.control().preview()
        let id = try #require(try home.control().status().installationID)
        let store = "\(home.storage)/store.sqlite"
        // A process of its own, so that it can be named.
        let reader = try RunningProcess(
            "/bin/sh",
            [
                "-c", "exec 3<\"$1\"; echo ready; exec tail -f /dev/null", "sh", store,
            ])
        _ = try reader.waitForLine(containing: "ready")
        let holder = try Connection(path: store, mode: .readOnly)
        try holder.execute("BEGIN")
        _ = try holder.integer("SELECT count(*) FROM events")
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.code == .busy)
        #expect(error?.description.contains("\(reader.pid)") == true)
        #expect(try home.folder.contents().contains { $0.hasSuffix("deletion.intent") })
        try holder.execute("COMMIT")
        reader.kill()
        _ = try home.control().status()
        #expect(try !home.holds(id))
        #expect(try !home.holds("feature_usage", except: ["consent.json"]))
    }
}
