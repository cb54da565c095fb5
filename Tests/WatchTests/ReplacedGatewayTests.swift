// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// A router that was replaced while no watch ran, and what a person can say about that.
@Suite(.serialized) struct ReplacedGatewayTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let replacement = "02:00:00:00:09:77"

    /// A watch learns the gateway and ends; then another one has its address.
    private func replaceGateway(in laboratory: Laboratory) throws {
        let watch = try watch(laboratory)
        try waitForStart(watch)
        #expect(try stop(watch).status == 0)
        #expect(try arpguard("bindings").stdout.contains(Laboratory.Member.gateway.hardware))
        try Laboratory.run(
            "-n", laboratory.space(.gateway), "link", "set", "eth0", "address", Self.replacement)
        try Laboratory.run("-n", laboratory.space(.watcher), "neigh", "flush", "all")
    }

    private func stop(_ watch: RunningProcess) throws -> CommandResult {
        watch.send(signal: SIGTERM)
        return try watch.waitForEnd()
    }

    /// Who has the gateway's address, by the state that the watch last wrote.
    private func gateway() throws -> JSONValue? {
        let status = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
        return status["watch"]?["interfaces"]?.arrayValue?.first?["gateway_mac"]
    }

    @Test func `a router that was replaced is doubted, until it is declared`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("rd")
        try replaceGateway(in: laboratory)
        let doubtful = try watch(laboratory)
        let hint = try doubtful.waitForErrorLine(containing: "the router was replaced")
        #expect(hint.hasSuffix("arpguard --home '\(home)' bindings --forget 10.9.0.1"))
        let alert = try JSONValue.parse(doubtful.waitForLine(containing: "\"C1\""))
        let advice = alert["arpguard"]?["advice"]?.stringValue
        #expect(
            advice?.hasSuffix("arpguard --home '\(home)' bindings --forget 10.9.0.1") == true,
            "\(alert)")
        #expect(try stop(doubtful).status == 1)

        let declared = #"{"10.9.0.1": "\#(Self.replacement)"}"#
        #expect(try arpguard("config", "set", "detection.static_bindings", declared).status == 0)
        let watch = try watch(laboratory)
        try waitForStart(watch)
        #expect(try gateway() == .string(Self.replacement))
        let result = try stop(watch)
        #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
        #expect(result.stderr.contains("declared"), "\(result.stderr)")
        #expect(!result.stderr.contains("warning"), "\(result.stderr)")
    }

    @Test func `a router that was replaced is learnt anew once the one before is forgotten`() throws
    {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("rf")
        try replaceGateway(in: laboratory)
        let forgotten = try arpguard("bindings", "--forget", "10.9.0.1")
        #expect(forgotten.stdout.contains(Laboratory.Member.gateway.hardware))
        let watch = try watch(laboratory)
        try waitForStart(watch)
        #expect(try gateway() == .string(Self.replacement))
        let result = try stop(watch)
        #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
        #expect(!result.stderr.contains("warning"), "\(result.stderr)")
    }

    @Test(.enabled(if: isFull, "a watch looks once a minute: with make test-full only"))
    func `a watch that runs forgets who was replaced, and does not write it down again`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("rr")
        try replaceGateway(in: laboratory)
        let watch = try watch(laboratory)
        _ = try watch.waitForLine(containing: "\"C1\"")
        let forgotten = try arpguard("bindings", "--forget", "10.9.0.1")
        #expect(forgotten.stderr.contains("the watch that runs here forgets"))
        _ = try watch.waitForErrorLine(
            containing: "forgotten, as it was asked for: who had 10.9.0.1", within: .seconds(90))
        try Laboratory.run("-n", laboratory.space(.watcher), "neigh", "flush", "all")
        _ = try laboratory.start(
            .watcher, "/bin/bash", ["-c", "echo >/dev/udp/10.9.0.1/9"]
        ).waitForEnd()
        let end = Deadline.within(.seconds(20))
        while try gateway() != .string(Self.replacement) { try #require(!end.hasPassed) }
        _ = try stop(watch)
        let kept = try arpguard("bindings").stdout
        #expect(kept.contains(Self.replacement), "\(kept)")
        #expect(!kept.contains(Laboratory.Member.gateway.hardware), "\(kept)")
    }
}
