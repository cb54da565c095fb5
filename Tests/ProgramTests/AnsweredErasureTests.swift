// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import TestKit
import Testing

/// An erasure that an upload asks for which the deletion cut off.
@Suite struct AnsweredErasureTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    @Test(
        arguments: [
            (404, "what was sent is not erased: the server does not support it"),
            (204, "the collector confirmed the erasure"),
        ], ["delete-data", "rotate-id"])
    func `what the server said is told, whoever asked it`(
        answer: (status: Int, words: String), command: String
    ) throws {
        let server = try FakeServer(.neverAnswer, otherwise: .answer(answer.status))
        let upload = try arpguard.uploading(capture, to: server)
        defer { upload.kill() }
        let end = try arpguard("telemetry", command, "--confirm")
        #expect(end.status == 0, "\(end.stderr)")
        #expect(end.stdout.contains(answer.words), "\(end.stdout)")
        _ = try upload.waitForEnd()
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }
}
