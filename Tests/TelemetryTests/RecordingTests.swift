// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct RecordingTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// The events of one module's life, as the store has them afterwards.
    private func stored(_ body: (TelemetryModule) -> Void) throws -> [StoredEvent] {
        let module = home.module()
        module.initialize()
        body(module)
        module.end()
        return try home.control().events()
    }

    @Test func `an event is stored with its time and the properties that are declared`() throws {
        let events = try stored { module in
            #expect(
                module.trackEvent(
                    "feature_usage",
                    [
                        "feature_name": "arp_scan", "duration_ms": 1250, "hosts_found": 15,
                        "scan_type": "default", "host": "10.0.0.7",
                    ]))
        }
        #expect(events.count == 1)
        #expect(events.first?.time == home.clock.now())
        #expect(
            events.first?.properties == [
                StoredEvent.Property("feature", "arp_scan"),
                StoredEvent.Property("duration_ms", 1250),
                StoredEvent.Property("hosts_found", 15),
                StoredEvent.Property("scan_type", "default"),
            ])
        #expect(try home.control().status().lost.map(\.count) == [1])
        #expect(try !home.holds("10.0.0.7"))
    }

    @Test(
        arguments: [
            ("app_start", ["os": "linux", "arch": "x86_64", "mode": "watch"]),
            ("app_stop", ["uptime_seconds": 86_400, "exit": "clean"]),
            ("feature_usage", ["feature": "network_scan", "duration_ms": 30, "scan_type": "full"]),
            (
                "detection_run",
                [
                    "mode": "replay", "duration_ms": 12, "frames": 660, "arp_frames": 146,
                    "alerts": 3,
                ]
            ),
            ("alert_generated", ["alert_type": "arp_spoofing", "severity": "high"]),
            ("error", ["feature": "replay", "error_type": "capture_truncated"]),
            ("config_change", ["setting": "detection.gateway"]),
        ] as [(String, [String: PropertyValue])])
    func `every event of the specification is accepted whole`(
        name: String, properties: [String: PropertyValue]
    ) throws {
        let events = try stored { #expect($0.trackEvent(name, properties)) }
        #expect(events.map(\.name) == [name])
        let values = events.first?.properties.map { ($0.name, $0.value) } ?? []
        #expect(Dictionary(uniqueKeysWithValues: values) == properties)
    }

    @Test func `what the catalogue refuses is counted, and the rest of the event stays`() throws {
        let events = try stored { module in
            #expect(!module.trackEvent("no_such_event", ["a": 1]))
            #expect(module.trackEvent("detection_run", ["frames": "many", "alerts": -1]))
            #expect(module.trackEvent("detection_run", ["frames": .double(.nan), "alerts": 2]))
            #expect(module.trackEvent("alert_generated", ["alert_type": "10.0.0.1"]))
            let many = (0..<1000).map { ("p\($0)", PropertyValue.integer(1)) }
            #expect(module.trackEvent("app_stop", Dictionary(uniqueKeysWithValues: many)))
        }
        #expect(
            events.map(\.name) == ["detection_run", "detection_run", "alert_generated", "app_stop"])
        #expect(events[0].properties.isEmpty)
        #expect(events[1].properties == [StoredEvent.Property("alerts", 2)])
        #expect(events[2].properties == [StoredEvent.Property("alert_type", "other")])
        let lost = try home.control().status().lost
        #expect(lost.map(\.reason) == ["catalogue"])
        #expect(lost.map(\.count) == [1004])
    }

    @Test func `properties are not even built while nothing may be recorded`() throws {
        try home.control().disable()
        let module = home.module()
        module.initialize()
        defer { module.end() }
        var built = false
        func build() -> [String: PropertyValue] {
            built = true
            return [:]
        }
        // Outside the expectation, whose macro would evaluate the argument by itself.
        let isRecorded = module.trackEvent("app_start", build())
        #expect(!isRecorded)
        #expect(!built)
    }

    @Test func `events of a process that never shut down are taken in by the next`() throws {
        var module: TelemetryModule? = home.module()
        module?.initialize()
        for _ in 0..<100 { #expect(module?.trackEvent("app_start") == true) }
        // Dropped without a shutdown: its journal stays behind with its lock gone.
        module = nil
        #expect(try home.control().events().count == 100)
        #expect(try home.control().events().count == 100)
        #expect(try home.folder.contents().filter { $0.hasSuffix(".journal") }.isEmpty)
    }

    @Test func `a full journal drops, counts and goes on`() throws {
        let module = home.module()
        module.initialize()
        var accepted = 0
        var refused = 0
        for _ in 0..<50_000 {
            if module.trackEvent("app_start") { accepted += 1 } else { refused += 1 }
        }
        module.end()
        #expect(refused > 0)
        let status = try home.control().status()
        #expect(status.recorded == accepted)
        #expect(status.lost.first { $0.reason == "queue_full" }?.count == Int64(refused))
    }

    @Test func `a damaged store is set aside, counted and told, and recording goes on`() throws {
        home.record(3)
        // Whoever looks last puts the log into the database.
        _ = try home.control().status()
        try home.folder.write(
            [UInt8](repeating: 0x55, count: 8192), to: "home/telemetry/store.sqlite")
        home.record(2)
        let status = try home.control().status()
        #expect(status.recorded == 2)
        #expect(status.lost.first { $0.reason == "damaged" }?.count == 1)
        #expect(home.told.contains("damaged"))
        #expect(try home.folder.contents().contains("home/telemetry/store.damaged.sqlite"))
    }

    @Test func `a journal of random bytes is set aside and counted`() throws {
        try home.folder.write(home.random.bytes(1 << 20), to: "home/telemetry/journal/9-9.journal")
        home.record(1)
        let status = try home.control().status()
        #expect(status.recorded == 1)
        #expect(status.lost.first { $0.reason == "damaged" }?.count == 1)
    }

    @Test(arguments: [["DO_NOT_TRACK": "1"], ["ARPGUARD_TELEMETRY": "0"], [:]])
    func `a look from where telemetry is off takes nothing from a process that was killed`(
        environment: [String: String]
    ) throws {
        try home.enable()
        do {
            let module = home.module()
            module.initialize()
            for _ in 0..<5 { #expect(module.trackEvent("app_start")) }
        }
        let problem = environment.isEmpty ? "telemetry.nonsense: no such key" : nil
        let status = try home.control(environment: environment, problem: problem).status()
        #expect(!status.isEnabled)
        #expect(status.lost.isEmpty)
        #expect(status.recorders.isEmpty)
        // Under a mistake they wait where they are: in its journal, not in the store.
        let waits = problem != nil
        #expect(status.recorded == (waits ? 0 : 5))
        #expect(try home.folder.contents().contains { $0.hasSuffix(".journal") } == waits)
        #expect(try home.control().status().recorded == 5)
    }

    @Test func `a store damaged beyond its first page is set aside as well`() throws {
        try home.enable()
        home.record(3)
        try home.damageStore()
        home.record(2)
        let status = try home.control().status()
        #expect(status.recorded == 2)
        #expect(status.lost.contains { $0.reason == "damaged" })
    }

    @Test func `a store whose rows damage has put out of order is set aside`() throws {
        home.record(3)
        try home.control().disable()
        try home.enable()
        _ = try home.control().status()
        let path = "home/telemetry/store.sqlite"
        let file = home.folder.file(path)
        let rootSQL = "SELECT rootpage FROM sqlite_master WHERE name = 'ledger'"
        let root = try #require(try Connection(path: file, mode: .readWrite).integer(rootSQL))
        var bytes = try home.folder.read(path)
        // The last row of a leaf page: its length, then its number (sqlite.org/fileformat2.html).
        let page = Int(root - 1) * (Int(bytes[16]) << 8 | Int(bytes[17]))
        let count = Int(bytes[page + 3]) << 8 | Int(bytes[page + 4])
        let pointer = page + 8 + 2 * (count - 1)
        var cell = page + (Int(bytes[pointer]) << 8 | Int(bytes[pointer + 1]))
        while bytes[cell] & 0x80 != 0 { cell += 1 }
        #expect(count > 1 && bytes[page] == 13 && bytes[cell + 1] == count)
        bytes[cell + 1] = 0
        try home.folder.write(bytes, to: path)
        try home.control().disable()
        try home.enable()
        home.record(2)
        #expect(try home.control().status().recorded == 2)
        #expect(home.told.contains("damaged"))
    }

    @Test func `a name whose number damage made negative ends no command`() throws {
        home.record(3)
        let store = try Connection(
            path: home.folder.file("home/telemetry/store.sqlite"), mode: .readWrite)
        try store.execute("UPDATE events SET name = -name; UPDATE names SET id = -id")
        #expect(try home.control().status().recorded == 3)
        // What their properties were called is not known any more.
        #expect(try home.control().events().isEmpty)
        home.record(1)
        #expect(try home.control().status().recorded == 4)
    }

    @Test func `what is older than the retention is deleted, and counted if it was not sent`()
        throws
    {
        home.record(5)
        home.clock.advance(by: .seconds(31 * 86_400))
        home.record(1)
        let status = try home.control().status()
        #expect(status.recorded == 1)
        #expect(status.lost.first { $0.reason == "retention" }?.count == 5)
    }

    @Test func `files of telemetry are for their owner alone`() throws {
        home.record(1)
        let files = RealFileSystem()
        for name in try home.folder.contents() where name.hasPrefix("home/telemetry") {
            let status = try files.status(of: home.folder.file(name))
            #expect(status?.mode == (status?.kind == .folder ? 0o700 : 0o600), "\(name)")
        }
    }

    @Test func `status names the processes that record, as long as they do`() throws {
        let module = home.module()
        module.initialize()
        #expect(try home.control().status().recorders == [Int64(getpid())])
        module.end()
        #expect(try home.control().status().recorders.isEmpty)
    }

    @Test func `a changed setting is recorded by its name, and its value is kept nowhere`() throws {
        for gateway in ["192.0.2.1", "192.0.2.1", "192.0.2.254"] {
            let module = home.module()
            module.initialize()
            module.noteSettings(["detection.gateway": gateway, "detection.static_bindings": "{}"])
            module.end()
        }
        let events = try home.control().events()
        #expect(events.map(\.name) == ["config_change"])
        #expect(events.first?.properties == [StoredEvent.Property("setting", "detection.gateway")])
        #expect(try !home.holds("192.0.2."))
    }

    @Test func `what a setting was like under one consent is not kept under the next`() throws {
        func remembered(_ gateway: String) throws -> Set<String> {
            let module = home.module()
            module.initialize()
            module.noteSettings(["detection.gateway": gateway])
            module.end()
            let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            return try Set(
                store.rows("SELECT key FROM memory WHERE key LIKE 'setting.%.%'") { $0.text(0) })
        }
        let first = try remembered("192.0.2.1")
        #expect(first.count == 1)
        try home.control().disable()
        try home.enable()
        let second = try remembered("192.0.2.2")
        #expect(second.count == 1 && second != first)
        #expect(try home.control().events().isEmpty)
    }

    @Test func `two modules share a home, and nothing is lost or doubled`() throws {
        let modules = [home.module(), home.module()]
        for module in modules { module.initialize() }
        for index in 0..<200 { #expect(modules[index % 2].trackEvent("app_start")) }
        for module in modules { module.end() }
        #expect(try home.control().status().recorded == 200)
    }
}
