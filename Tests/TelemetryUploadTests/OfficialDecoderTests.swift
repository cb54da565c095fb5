// SPDX-License-Identifier: Apache-2.0

import Compression
import Glibc
import JSON
import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// Our bytes, read by the official protobuf classes for Python.
@Suite struct OfficialDecoderTests {
    private static let package = "opentelemetry-proto==1.39.1"
    private static let python = RepositoryRoot.file(".build/tests/python")

    /// Reads a body from standard input, and the JSON that we show for it from a file.
    private static let program = """
        import sys
        from google.protobuf import json_format, unknown_fields
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
        body = ExportLogsServiceRequest.FromString(sys.stdin.buffer.read())
        shown = json_format.Parse(open(sys.argv[1]).read(), ExportLogsServiceRequest())
        assert body == shown, "the JSON says something else than the bytes"
        records = body.resource_logs[0].scope_logs[0].log_records
        for record in records:
            keys = [attribute.key for attribute in record.attributes]
            assert len(keys) == len(set(keys)), keys
            assert len(unknown_fields.UnknownFieldSet(record)) == 0
            print(record.event_name, record.severity_number, record.time_unix_nano, *keys)
        """

    /// A Python with the official classes, made once below `.build`; the test is cancelled, and
    /// counted as skipped, where they can't be had.
    private func interpreter() throws -> String {
        let program = "\(Self.python)/bin/python"
        let check = ["-c", "import opentelemetry.proto.collector.logs.v1.logs_service_pb2"]
        if unsafe access(program, X_OK) == 0, try CommandRunner.run(program, check).status == 0 {
            return program
        }
        guard unsafe access("/usr/bin/python3", X_OK) == 0 else {
            try cancel("python3 is not installed")
        }
        let made = try CommandRunner.run(
            "/usr/bin/python3", ["-m", "venv", "--clear", Self.python], deadline: .seconds(120))
        guard made.status == 0 else { try cancel("no virtual environment: \(made.stderr)") }
        let home = unsafe getenv("HOME").map { unsafe String(cString: $0) } ?? "/"
        let installed = try CommandRunner.run(
            program,
            [
                "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0",
                "--timeout", "10", Self.package,
            ], environment: ["HOME": home], deadline: .seconds(180))
        guard installed.status == 0 else { try cancel("\(Self.package) can't be had") }
        return program
    }

    private func cancel(_ reason: String) throws -> Never {
        try Test.cancel("\(reason)")
    }

    @Test func `the official classes read the bytes and the JSON alike`() throws {
        let python = try interpreter()
        for compression in ["gzip", "zstd", "none"] {
            for anonymize in [true, false] { try check(compression, anonymize, python) }
        }
    }

    private func check(_ compression: String, _ anonymize: Bool, _ python: String) throws {
        let server = try FakeServer(.answer(200))
        var home = try Home(url: server.url())
        home.config.maxEventsPerBatch = 100
        home.config.compression = compression
        home.config.anonymizeData = anonymize
        try home.control.enable(home.control.terms)
        home.record(7)
        home.recordOneOfEach()
        guard case .sealed(let batch, _) = try home.control.preview(), let json = batch.json else {
            Issue.record("nothing was sealed")
            return
        }
        #expect(try home.round().batchesSent == 1)
        let body = try #require(server.requests.first?.body)
        let coding = try #require(ContentCoding(rawValue: compression))
        let bytes = try decompress(body, as: coding, outputBytesMax: 1 << 20)
        let shown = try home.folder.write(json.serialized(.compact), to: "shown.json")
        let result = try CommandRunner.run(
            python, ["-c", Self.program, shown], stdin: bytes, deadline: .seconds(60))
        #expect(result.status == 0, "\(result.stderr)")
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.count == Int(batch.events))
        #expect(lines.allSatisfy { $0.contains("log.record.uid") })
        for name in ["app_start 9", "error 17", "detection_run 9", "feature_usage 9"] {
            #expect(lines.contains { $0.hasPrefix(name) }, "\(name)")
        }
        if anonymize {
            let day = String(home.clock.now().day.start.nanoseconds)
            #expect(lines.allSatisfy { $0.contains(" \(day) ") })
        }
    }
}
