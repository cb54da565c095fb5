// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Modules
import TestKit

@testable import Collector

/// A collector that serves on free ports of the loopback, over a store in a folder of its own.
final class SampleCollector {
    let store: SampleStore
    let clock = ManualClock()
    private let service: CollectorService
    private let ports: (intake: UInt16, admin: UInt16)

    init(
        k: Int = 2, _ configure: (inout CollectorConfiguration) -> Void = { _ in },
        sink: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        store = try SampleStore()
        var configuration = CollectorConfiguration(
            intake: .loopback(port: 0), admin: .loopback(port: 0), k: k)
        configuration.erasureStepMilliseconds = 1
        configure(&configuration)
        service = CollectorService(
            configuration: configuration, clock: clock,
            logger: Logger(program: "test", level: .debug, sink: sink)
        ) { [storage = store.storage] in storage }
        try service.initialize()
        guard let addresses = service.addresses else {
            throw TestKitError("the collector runs without addresses")
        }
        ports = (addresses.intake.port, addresses.admin.port)
    }

    deinit {
        service.shutdown()
    }

    var intakePort: UInt16 { ports.intake }
    var adminPort: UInt16 { ports.admin }

    /// Sends a body to the intake.
    func post(
        _ body: [UInt8], type: String? = "application/x-protobuf", coding: String? = nil
    ) throws -> HTTPReply {
        var headers: [HTTPHeader] = []
        if let type { headers.append(HTTPHeader("Content-Type", type)) }
        if let coding { headers.append(HTTPHeader("Content-Encoding", coding)) }
        return try HTTPClient.send(
            "POST", "/v1/logs", port: ports.intake, headers: headers, body: body)
    }

    func erase(_ installation: String, secret: String?) throws -> HTTPReply {
        let headers = secret.map { [HTTPHeader("Authorization", "Bearer \($0)")] } ?? []
        return try HTTPClient.send(
            "DELETE", "/v1/installations/\(installation)", port: ports.intake, headers: headers)
    }

    /// Reads from the admin listener.
    func admin(_ target: String) throws -> HTTPReply {
        try HTTPClient.send("GET", target, port: ports.admin)
    }

    /// The value of one line of the metrics, by what stands before it; nil without such a line.
    func metric(_ name: String) throws -> String? {
        try admin("/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
            .map { String($0.dropFirst(name.count + 1)) }
    }

    /// Every figure of the insight, as text.
    func insight() throws -> String {
        try admin("/api/v1/insight").text
    }
}
