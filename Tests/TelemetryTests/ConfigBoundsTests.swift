// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Telemetry
import TestKit
import Testing

/// A configuration that a host makes in Swift is held to what its file could say.
@Suite struct ConfigBoundsTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let problem: String?
        let change: @Sendable (inout TelemetryModuleConfig) -> Void

        init(
            _ name: String, _ problem: String? = nil,
            _ change: @escaping @Sendable (inout TelemetryModuleConfig) -> Void
        ) {
            testDescription = name
            self.problem = problem
            self.change = change
        }
    }

    private static let path = "must be a path from / or ~ without control characters, or null"

    static let cases = [
        Case("the defaults") { _ in },
        Case("all that may be set") {
            $0.enabled = true
            $0.storagePath = "/srv/data"
            $0.uploadURL = "http://127.0.0.1:4318/v1/logs"
            $0.erasureURL = "https://t.example.org/installations"
            $0.allowedEventTypes = ["app_start"]
            $0.uploadBytesPerSecondMax = 1024
            $0.uploadBytesPerDayMax = 1 << 40
            $0.uploadProxy = "socks5h://127.0.0.1:9050"
            $0.uploadCAFile = "/etc/ca.pem"
        },
        Case("no event at all") { $0.allowedEventTypes = [] },
        Case("a relative folder", "telemetry.storage_path is \"data\", \(path)") {
            $0.storagePath = "data"
        },
        Case("a folder with a tilde", "telemetry.storage_path must be a path from /") {
            $0.storagePath = "~/data"
        },
        Case("a zero byte in a path", "telemetry.storage_path is \"/a\\u0000b\", \(path)") {
            $0.storagePath = "/a\0b"
        },
        Case("a relative file", "telemetry.upload_ca_file is \"ca.pem\", \(path)") {
            $0.uploadCAFile = "ca.pem"
        },
        Case("a file with a tilde", "telemetry.upload_ca_file must be a path from /") {
            $0.uploadCAFile = "~/ca.pem"
        },
        Case("an event that nobody declares", "telemetry.allowed_event_types has \"nonsense\", ") {
            $0.allowedEventTypes = ["nonsense"]
        },
        Case("an address without TLS", "telemetry.upload_url is \"http://t.example.org/\", ") {
            $0.uploadURL = "http://t.example.org/"
        },
        Case("no address", "telemetry.erasure_url is \"\", ") { $0.erasureURL = "" },
        Case("no proxy", "telemetry.upload_proxy is \"proxy\", ") { $0.uploadProxy = "proxy" },
        Case("no coding", "telemetry.compression is \"lzma\", ") { $0.compression = "lzma" },
        Case("no hour", "telemetry.collection_interval is 0, must be 1 to 8760") {
            $0.collectionInterval = 0
        },
        Case("too many days", "telemetry.storage_retention_days is 3651, ") {
            $0.storageRetentionDays = 3651
        },
        Case("little space", "telemetry.storage_bytes_max is 1, ") { $0.storageBytesMax = 1 },
        Case("no events", "telemetry.max_events_per_batch is 0, ") { $0.maxEventsPerBatch = 0 },
        Case("too fast", "telemetry.upload_bytes_per_second_max is 1099511627777, ") {
            $0.uploadBytesPerSecondMax = 1 << 40 + 1
        },
        Case("too much", "telemetry.upload_bytes_per_day_max is 1099511627777, ") {
            $0.uploadBytesPerDayMax = 1 << 40 + 1
        },
    ]

    @Test(arguments: cases)
    func `what the file could not say keeps telemetry off, and its key is told`(
        example: Case
    ) throws {
        let home = try Home()
        var config = TelemetryModuleConfig()
        example.change(&config)
        config.storagePath = config.storagePath == "/srv/data" ? nil : config.storagePath
        let control = home.control(config)
        guard let problem = example.problem else {
            try control.enable(control.terms)
            return #expect(control.causes(blocking: .recording).isEmpty)
        }
        #expect(control.causes(blocking: .recording).contains(.configuration))
        #expect(home.module(config).blockedBy.contains(.configuration))
        let error = #expect(throws: TelemetryError.self) { try control.enable(control.terms) }
        #expect(error?.code == .configuration)
        #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "")")
        #expect(try home.folder.contents() == ["machine-id"])
    }
}
