// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Program
import Telemetry
import TestKit
import Testing

/// An attack, or a no in the configuration, that comes while something is on its way.
@Suite(.serialized) struct EndedUploadTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Takes what it is sent, never answers, and tells when the sender has gone.
    private static let patientServer = """
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        print("port", server.getsockname()[1], flush=True)
        while True:
            peer, _ = server.accept()
            while peer.recv(65536): print("some", flush=True)
            print("gone", flush=True)
        """

    @Test(
        .enabled(if: isFull, "a watch looks for uploads once a minute: with make test-full only"),
        arguments: [false, true])
    func `an upload on its way ends as soon as the gateway is contested, or it is forbidden`(
        isForbidden: Bool
    ) throws {
        let needed = Attack.arping.path
        if let obstacle = Laboratory.obstacle(needed) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("cu")
        try Laboratory.run("-n", laboratory.space(.watcher), "link", "set", "lo", "up")
        let server = try laboratory.start(
            .watcher, "/usr/bin/python3", ["-c", Self.patientServer])
        let port = try server.waitForLine(containing: "port ").dropFirst("port ".count)
        let url = "http://127.0.0.1:\(port)/v1/logs"
        #expect(try arpguard("config", "set", "telemetry.upload_url", url).status == 0)
        try recordTwoDaysAgo(for: url)
        let watch = try watch(laboratory)
        try waitForStart(watch)
        _ = try server.waitForLine(containing: "some", within: .seconds(120))
        var attack: RunningProcess?
        if isForbidden {
            #expect(try arpguard("config", "set", "telemetry.enabled", "false").status == 0)
        } else {
            attack = try laboratory.start(.attacker, needed, Attack.arping.words)
            _ = try watch.waitForLine(containing: "\"alert\"")
        }
        // A transfer alone would wait for its answer three times as long.
        _ = try server.waitForLine(containing: "gone", within: .seconds(10))
        attack?.kill()
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == (isForbidden ? 0 : 1))
        server.kill()
    }
}
