// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import JSON
import Modules
import Program
import TestKit
import Testing

@Suite struct ConfigurationFileTests {
    let folder: TemporaryDirectory
    let file: ConfigurationFile

    init() throws {
        folder = try TemporaryDirectory()
        file = ConfigurationFile(
            path: folder.file("config.json"), schema: .standard, files: RealFileSystem())
    }

    @Test func `a missing file means the defaults`() throws {
        let configuration = file.load()
        #expect(configuration.fault == nil)
        #expect(configuration.telemetry.isEmpty)
        #expect(configuration.detection.gateway == nil)
        #expect(configuration.detection.staticBindings.isEmpty)
    }

    @Test func `a link to a file that is away is no missing file`() throws {
        let path = folder.file("config.json")
        #expect(unsafe symlink(folder.file("away.json"), path) == 0)
        #expect(file.load().fault != nil)
        try folder.write(#"{"telemetry": {"enabled": false}}"#, to: "away.json")
        #expect(file.load().fault == nil)
        #expect(file.load().telemetry["enabled"] == false)
    }

    @Test func `a complete file is read`() throws {
        try folder.write(
            """
            { "telemetry": { "upload_url": "https://telemetry.example.org/v1/logs",
                "upload_review": "manual" },
              "detection": { "gateway": "192.0.2.1",
                "static_bindings": { "192.0.2.1": "02:00:00:00:00:01" } } }
            """, to: "config.json")
        let configuration = file.load()
        #expect(configuration.fault == nil)
        #expect(configuration.telemetry["upload_review"] == "manual")
        #expect(configuration.detection.gateway == "192.0.2.1")
        #expect(
            configuration.detection.staticBindings.map { "\($0.address) \($0.hardware)" }
                == ["192.0.2.1 02:00:00:00:00:01"])
    }

    @Test(
        arguments: [
            ("enabled", "1", "true, false or null"), ("anonymize_data", "null", "true or false"),
            ("collection_interval", "0", "1 to 8760"), ("collection_interval", "8761", "1 to 8760"),
            ("collection_interval", "1.5", "1 to 8760"), ("storage_path", "\"x\"", nil),
            ("storage_path", #""/a\u0000b""#, nil), ("upload_ca_file", #""~/a\nb""#, nil),
            ("storage_retention_days", "3651", "1 to 3650"),
            ("storage_bytes_max", "1048575", "1048576 to 17179869184"),
            ("upload_url", "\"http://telemetry.example.org/v1/logs\"", nil),
            ("max_events_per_batch", "10001", "1 to 10000"),
            ("compression", "\"br\"", "one of gzip, zstd, none"),
            ("upload_review", "\"never\"", "one of automatic, manual"),
            ("upload_bytes_per_second_max", "1023", nil), ("upload_bytes_per_day_max", "1023", nil),
            ("erasure_url", "\"ftp://example.org\"", nil),
        ] as [(String, String, String?)])
    func `a telemetry key out of bounds is a fault with the bounds`(
        key: String, value: String, bounds: String?
    ) throws {
        try folder.write("{\"telemetry\": {\"\(key)\": \(value)}}", to: "config.json")
        let configuration = file.load()
        let fault = try #require(configuration.fault?.description)
        #expect(fault.hasPrefix("\(file.path): telemetry.\(key) is \(value), must be "))
        if let bounds { #expect(fault.hasSuffix("must be \(bounds)")) }
        #expect(configuration.telemetry.isEmpty)
    }

    @Test(arguments: [
        ("{\"detection\": {\"gate\": 1}}", "detection.gate: no such key"),
        (
            "{\"detection\": {\"gateway\": \"192.0.2.256\"}}",
            "detection.gateway is \"192.0.2.256\", must be a host's IPv4 address, or null"
        ),
        (
            #"{"telemetry": {"allowed_event_types": ["nonsense"]}}"#,
            "telemetry.allowed_event_types has \"nonsense\", must be a list of app_start, "
                + "app_stop, feature_usage, detection_run, alert_generated, error, config_change"
        ),
        (
            #"{"detection": {"trusted": ["02:00:00:00:00:09", "zz"]}}"#,
            "detection.trusted has \"zz\", must be up to 1024 MAC addresses of hosts"
        ),
        (
            #"{"detection": {"static_bindings": {"192.0.2.1": "02:00:00:00:00:01", "x": 1}}}"#,
            "detection.static_bindings has {\"x\":1}, "
                + "must be up to 4096 pairs of a host's IPv4 and MAC address"
        ),
        ("{\"detection\": 3}", "detection is 3, must be an object"),
        ("{\"alerts\": {}, \"x\": {}}", "alerts: no such section, and 1 more"),
    ])
    func `a fault names file, key, value and bounds`(text: String, fault: String) throws {
        try folder.write(text, to: "config.json")
        #expect(file.load().fault?.description == "\(file.path): \(fault)")
    }

    @Test(arguments: ["", "{", "[]", "{\"detection\": {}, \"detection\": {}}", "\u{FEFF}{}"])
    func `what is no JSON object is a fault, and the defaults hold`(text: String) throws {
        try folder.write(text, to: "config.json")
        let fault = try #require(file.load().fault)
        #expect(fault.description.hasPrefix("\(file.path) is not a configuration: "))
    }

    @Test func `a folder in the file's place can't be read`() throws {
        try folder.write("", to: "config.json/file")
        let fault = try #require(file.load().fault)
        #expect(fault.description.hasSuffix("config.json: Is a directory"))
    }

    @Test func `a file over the limit can't be read`() throws {
        let blanks = [UInt8](repeating: 0x20, count: ConfigurationFile.bytesMax + 1)
        try folder.write(blanks, to: "config.json")
        let fault = try #require(file.load().fault)
        #expect(fault.description.hasSuffix("config.json: File too large"))
    }

    @Test func `sound keys beside a faulty one still hold`() throws {
        try folder.write(
            "{\"telemetri\": {}, \"detection\": {\"gateway\": \"192.0.2.1\", \"x\": 1}}",
            to: "config.json")
        let configuration = file.load()
        #expect(configuration.fault != nil)
        #expect(configuration.detection.gateway == "192.0.2.1")
    }

    @Test func `writing keeps the order of keys and leaves nothing beside the file`() throws {
        try file.write(["b": ["y": 1, "x": 2], "a": [:]])
        #expect(try folder.contents() == ["config.json"])
        let content = try file.content()
        #expect(content.names == ["b", "a"])
        #expect(content["b"]?.objectValue?.names == ["y", "x"])
    }

    @Test func `a link is not replaced by a file`() throws {
        let target = try folder.write("{}", to: "elsewhere.json")
        #expect(unsafe symlink(target, file.path) == 0)
        let error = #expect(throws: CommandFailure.self) { try file.write(["a": 1]) }
        #expect(error?.message == "\(file.path) is a link")
        #expect(try folder.read("elsewhere.json") == Array("{}".utf8))
    }
}
