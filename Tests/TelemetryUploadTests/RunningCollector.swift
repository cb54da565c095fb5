// SPDX-License-Identifier: Apache-2.0

import Compression
import OTLP
import SQLite
import TestKit
import Testing

/// Our own collector, as a process of its own, with a store that a test can look into.
final class RunningCollector {
    private let folder: TemporaryDirectory
    let process: RunningProcess
    /// The port of its intake.
    let port: UInt16
    let url: String

    init() throws {
        folder = try TemporaryDirectory()
        process = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                "--store", "sqlite:" + folder.file("collector.sqlite"),
            ])
        let line = try process.waitForLine(containing: "/v1/logs")
        url = try #require(line.split(separator: " ").last.map(String.init))
        port = try #require(
            url.dropFirst("http://127.0.0.1:".count).split(separator: "/").first
                .flatMap { UInt16($0) })
    }

    /// The URL of its intake by way of another port of this machine.
    func url(by port: UInt16) -> String { "http://127.0.0.1:\(port)/v1/logs" }

    /// What tells each stored record from all others; a record that is stored twice stands twice.
    func storedUIDs() throws -> [String] {
        let store = try Connection(path: folder.file("collector.sqlite"), mode: .readOnly)
        let sets = try store.rows("SELECT records FROM record_set") { $0.blob(0) }
        return try sets.flatMap { set in
            let bytes = try decompress(set, as: .zstd, outputBytesMax: 64 << 20)
            return try uids(of: ExportLogsRequest(decoding: bytes))
        }
    }
}

/// What tells each record of a request from all others.
func uids(of request: ExportLogsRequest) -> [String] {
    request.resourceLogs.flatMap(\.scopeLogs).flatMap(\.logRecords).compactMap { record in
        guard
            case .string(let uid) = record.attributes.first(where: { $0.key == "log.record.uid" })?
                .value
        else { return nil }
        return uid
    }
}
