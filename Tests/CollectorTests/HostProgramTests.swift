// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import JSON
import Modules
import OTLP
import Synchronization
import TestKit
import Testing

@testable import Collector

/// Programs that embed ARP Guard's telemetry, and clients of other make.
@Suite struct HostProgramTests {
    private static let catalogue = Catalogue([
        EventDefinition(
            id: 1, "rule_run", purpose: "Which rules are slow",
            [
                PropertyDefinition(
                    id: 1, "rule", .choice(["unused", "naming"]), purpose: "Which rule ran"),
                PropertyDefinition(
                    id: 2, "duration_ms", .duration(.milliseconds, max: 1000),
                    purpose: "How long it took"),
            ])
    ])

    private static func port(_ line: String) throws -> UInt16 {
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        return try #require(UInt16(digits))
    }

    private static func serve(
        _ folder: TemporaryDirectory, _ more: [String]
    ) throws -> (server: RunningProcess, port: UInt16) {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("store.sqlite"))",
            ] + more, workingDirectory: folder.path)
        return (server, try port(server.waitForLine(containing: "intake ")))
    }

    @Test(arguments: ["arpguard", "swiftlinter"])
    func `no catalogue takes the place of another one of the same program`(
        service: String
    ) throws {
        let folder = try TemporaryDirectory()
        try folder.write(Self.catalogue.json.serialized(.pretty), to: "rules.json")
        try folder.write(Catalogue.standard.json.serialized(.pretty), to: "own.json")
        let named = ["--catalogue", "swiftlinter=own.json", "--catalogue", "arpguard=own.json"]
        func check(_ more: String...) throws -> CommandResult {
            try CommandRunner.run(
                Executables.path("arpguard-collector"), ["check"] + named + more,
                workingDirectory: folder.path)
        }
        #expect(try check("--catalogue", "\(service)=own.json").status == 0)
        let refused = try check("--catalogue", "\(service)=rules.json")
        #expect(refused.status == 64)
        #expect(refused.stderr.contains("there is another catalogue of \(service) already"))
    }

    @Test func `a host's own event is taken by its catalogue and read in insight`() throws {
        let folder = try TemporaryDirectory()
        try folder.write(Self.catalogue.json.serialized(.pretty), to: "rules.json")
        let (server, port) = try Self.serve(
            folder, ["--catalogue", "swiftlinter=rules.json"])
        let day = SystemClock().now().day
        for number in 1...3 {
            var request = SampleRequest(number)
            request.service = "swiftlinter"
            request.batch = batchText(number, day: day)
            request = request.with(
                "rule_run", ("rule", .string("unused")), ("duration_ms", .int(12)), day: day)
            let reply = try HTTPClient.send(
                "POST", "/v1/logs", port: port,
                headers: [HTTPHeader("Content-Type", "application/x-protobuf")],
                body: request.bytes)
            #expect(reply.status == 200 && reply.body.isEmpty)
        }
        let printed = try CommandRunner.run(
            Executables.path("arpguard-collector"),
            ["insight", "--store", "store.sqlite", "--format", "json", "--k", "2"],
            workingDirectory: folder.path)
        let json = try JSONValue.parse(printed.stdout)
        #expect(json["service"] == "swiftlinter")
        let event = json["events"]?["rows"]?.arrayValue?.first
        #expect(event?["event"] == "rule_run" && event?["installations"] == 2)
        #expect(event?["count"] == nil, "its one table counts it")
        #expect(event?["duration_ms"]?["p50"] == 13)
        let value = json["properties"]?["rows"]?.arrayValue?.first
        #expect(value?["value"] == "unused")
        #expect(value?["count"] == 2, "three, in steps of k")
        let text = try CommandRunner.run(
            Executables.path("arpguard-collector"),
            ["insight", "--store", "store.sqlite", "--k", "2"], workingDirectory: folder.path)
        #expect(text.stdout.contains("rule_run") && text.stdout.contains("\u{2588}"))
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
    }

    /// A client that sends as the Python SDK of OpenTelemetry does, kept in a folder of the build.
    private static let script = """
        import sys, uuid
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry._logs import LogRecord, SeverityNumber
        import time
        endpoint, installation, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
        provider = LoggerProvider(resource=Resource({
            "service.name": "arpguard", "service.version": "0.1.0",
            "app.installation.id": installation}))
        exporter = OTLPLogExporter(endpoint=endpoint, timeout=20)
        provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
        logger = provider.get_logger("test")
        for index in range(count):
            logger.emit(LogRecord(
                timestamp=time.time_ns(), severity_number=SeverityNumber.INFO,
                event_name="app_start",
                attributes={"mode": "watch", "log.record.uid": str(uuid.uuid4())}))
        provider.shutdown()
        """

    /// The interpreter of a virtual environment with the exporter; nil where it can't be had.
    private static let python: String? = {
        let folder = RepositoryRoot.path + "/.build/tests/opentelemetry-python"
        let python = folder + "/bin/python3"
        let probe = ["-c", "import opentelemetry.exporter.otlp.proto.http._log_exporter"]
        if (try? CommandRunner.run(python, probe))?.status == 0 { return python }
        guard
            (try? CommandRunner.run("/usr/bin/env", ["python3", "-m", "venv", folder]))?.status
                == 0,
            (try? CommandRunner.run(
                python,
                [
                    "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http",
                ]))?.status == 0
        else { return nil }
        return python
    }()

    @Test func `the official Python exporter is understood, and its resend counts once`() throws {
        guard let python = Self.python else {
            try Test.cancel("the official Python exporter can't be installed from PyPI here")
        }
        let folder = try TemporaryDirectory()
        let (server, port) = try Self.serve(folder, [])
        // The first answer is lost on its way: the exporter sends the same records again.
        let connections = Mutex(0)
        let relay = try FaultyRelay(to: port) {
            let number = connections.withLock { count in
                count += 1
                return count
            }
            return number == 1 ? .loseReply(afterBytes: 0) : .none
        }
        for number in 1...3 {
            let result = try CommandRunner.run(
                python,
                [
                    "-c", Self.script, "http://127.0.0.1:\(relay.port)/v1/logs",
                    installation(number), "40",
                ])
            #expect(result.status == 0, "\(result.stderr)")
        }
        #expect(connections.withLock { $0 } > 3)
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
        let storage = try SQLiteStorage(
            path: folder.file("store.sqlite"), create: false, random: SystemRandom(),
            fileSystem: RealFileSystem())
        let day = SystemClock().now().day
        let figures = try storage.figures(
            in: Day(number: day.number - 1)...day)
        #expect(figures.reduce(0) { $0 + ($1.cells["event/app_start"]?.count ?? 0) } == 120)
    }
}
