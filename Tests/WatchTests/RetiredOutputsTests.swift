// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import CommandLineKit
import Glibc
import JSON
import Modules
import Program
import TestKit
import Testing

@testable import arpguard_watch

struct RetiredOutputsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func outputs(_ name: String, command: [String]) -> ConfiguredOutputs {
        let settings = OutputSettings(section: [
            "eve_path": .string(folder.file(name)),
            "command": .array(command.map { .string($0) }),
            "command_severity_min": "low",
        ])
        let output = Output(to: MemorySink(), environment: Environment([:]))
        return ConfiguredOutputs(settings, printingTo: output) { _ in }
    }

    private func isOpen(_ name: String) throws -> Bool {
        let descriptors = try RealFileSystem().names(in: "/proc/self/fd")
        return descriptors.contains { number in
            var bytes = [CChar](repeating: 0, count: 4_096)
            let count = unsafe readlink("/proc/self/fd/\(number)", &bytes, bytes.count)
            let target = bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
            return String(decoding: target, as: UTF8.self) == folder.file(name)
        }
    }

    @Test func `what failed before a reload is still told, and no file stays open`() throws {
        let message = AlertMessage(
            gravity: .high, summary: "one", text: "one", rule: "C2", eve: "{}")
        var retired = RetiredOutputs()
        var current = outputs("eve0", command: ["/bin/false"])
        for reload in 1...3 {
            current.send(message)
            #expect(current.lanes.finish(within: 10_000).isEmpty)
            #expect(try isOpen("eve\(reload - 1)"))
            retired.add(current)
            current = outputs("eve\(reload)", command: reload < 3 ? ["/bin/false"] : [])
            retired.prune()
            #expect(try !isOpen("eve\(reload - 1)"))
        }
        let counts = retired.counts(with: current)
        #expect(counts.map(\.name) == ["stdout", "eve", "command"])
        #expect(counts.map(\.counts.delivered) == [3, 3, 0])
        #expect(counts.map(\.counts.failed) == [0, 0, 3])
    }
}
