// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Modules
import OTLP
import TestKit
import Testing

/// What the built program takes of the machine's memory.
@Suite struct CollectorMemoryTests {
    /// A figure of `/proc/PID/status`, in MiB.
    private static func mebibytes(_ name: String, of process: Int32) throws -> Int {
        let bytes = try RealFileSystem().read("/proc/\(process)/status", bytesMax: 16 << 10)
        let status = String(decoding: bytes, as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(Int(line.filter(\.isNumber))) >> 10
    }

    /// A body that is as large as may be, and costly to read.
    private struct Body {
        let type: String
        let bytes: [UInt8]

        /// As many as `count` times the bytes of a text.
        init(_ type: String, head: String = "", _ text: String, count: Int, tail: String = "") {
            self.type = "application/" + type
            let body: String = head + String(repeating: text, count: count) + tail
            bytes = Array(body.utf8)
        }
    }

    private static let bodies: [Body] = [
        Body("x-protobuf", "x\u{1}", count: 2_000_000),
        Body("x-protobuf", "\u{B}", count: 4_000_000),
        Body("json", head: "{\"resourceLogs\":[", "{},", count: 349_000, tail: "{}]}"),
        Body("x-protobuf", "\u{A}\u{0}", count: 2_090_000),
    ]

    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func serve(_ more: String...) throws -> (server: RunningProcess, port: UInt16) {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("store.sqlite"))",
            ] + more)
        let line = try server.waitForLine(containing: "intake ")
        let digits = line.split(separator: ":").last?.prefix(while: \.isNumber) ?? ""
        return (server, try #require(UInt16(digits)))
    }

    @Test func `hostile bodies take no more memory than is promised, and none afterwards`() throws {
        let (server, port) = try serve()
        DispatchQueue.concurrentPerform(iterations: 32) { number in
            for turn in 0..<3 {
                let body = Self.bodies[(number + turn) % Self.bodies.count]
                // Whatever the answer is: many are told to come again.
                _ = try? HTTPClient.send(
                    "POST", "/v1/logs", port: port,
                    headers: [HTTPHeader("Content-Type", body.type)], body: body.bytes)
            }
        }
        #expect(try Self.mebibytes("VmHWM", of: server.pid) < 128)
        #expect(try Self.mebibytes("VmRSS", of: server.pid) < 40)
    }

    @Test func `a catalogue of long lists takes no memory for what no batch counts`() throws {
        let words = (0..<200).map { "\"w\($0)\"" }.joined(separator: ",")
        let properties = ["feature", "error_type"].map {
            #"{"name": "\#($0)", "kind": "choice", "values": [\#(words)]}"#
        }
        let list = properties.joined(separator: ",")
        let file = try folder.write(
            #"{"events": [{"name": "error", "properties": [\#(list)]}]}"#, to: "lists.json")
        let (server, port) = try serve("--catalogue", "lists=\(file)")
        let today = SystemClock().now().day
        var request = SampleRequest()
        request.service = "lists"
        for number in 1...64 {
            request.batch = batchText(number, day: today)
            for distance in -32...1 as ClosedRange<Int32> {
                let day = Day(number: today.number + distance)
                request = request.with("error", ("feature", .string("w1")), day: day)
            }
        }
        let reply = try HTTPClient.send(
            "POST", "/v1/logs", port: port,
            headers: [HTTPHeader("Content-Type", "application/x-protobuf")], body: request.bytes)
        #expect(reply.status == 200 && reply.body.isEmpty, "\(reply)")
        #expect(try Self.mebibytes("VmHWM", of: server.pid) < 128)
    }
}
