// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// How a watch meets what it can't go on with, or can't keep up with.
@Suite(.serialized) struct EndingWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func `an interface that goes down ends the watch with a message`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("do")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try Laboratory.run("-n", laboratory.space(.watcher), "link", "set", "eth0", "down")
        let result = try watch.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("the interface eth0 went down"), "\(result.stderr)")
    }

    /// Has `ip` do several things at once in the watcher's place.
    private func atOnce(_ laboratory: Laboratory, _ lines: String...) throws {
        let file = try folder.write(lines.joined(separator: "\n") + "\n", to: "batch")
        try Laboratory.run("-n", laboratory.space(.watcher), "-batch", file)
    }

    @Test func `an interface that is down for a moment is told, and watched on`() throws {
        let attack = Attack.arping
        if let obstacle = Laboratory.obstacle(attack.needs) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("fl")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try atOnce(laboratory, "link set eth0 down", "link set eth0 up")
        let told = try watch.waitForErrorLine(containing: "eth0 was down for ")
        #expect(told.hasSuffix(": what was sent then was not seen"))
        let attacker = try attack.start(in: laboratory)
        _ = try watch.waitForLine(containing: "\"alert\"")
        attacker.kill()
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
    }

    @Test func `a cable that is pulled is told, and the watch goes on`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("ca")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try laboratory.plug(.watcher, in: false)
        _ = try watch.waitForErrorLine(containing: "eth0 has no carrier: nothing is heard on it")
        let end = Deadline.within(.seconds(20))
        func hears() throws -> JSONValue? {
            let status = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
            return status["watch"]?["interfaces"]?.arrayValue?.first?["carrier"]
        }
        while try hears() != false { try #require(!end.hasPassed) }
        #expect(try arpguard("status").stdout.contains("eth0, no carrier"))
        try laboratory.plug(.watcher, in: true)
        let told = try watch.waitForErrorLine(containing: "eth0 had no carrier for ")
        #expect(told.hasSuffix(": what was sent then was not seen"))
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 0)
    }

    /// Pulls a member's plug and puts it back, time after time.
    private func shake(_ member: Laboratory.Member, _ times: Int, in lab: Laboratory) throws {
        for isIn in (0..<2 * times).map({ $0 % 2 == 1 }) { try lab.plug(member, in: isIn) }
    }

    /// Waits until a watch told of several pulled plugs, ends it, and returns how many in all and
    /// the lines that said so.
    private func pulls(toldBy watch: RunningProcess) throws -> (Int, [Substring]) {
        _ = try watch.waitForErrorLine(containing: " times, ")
        watch.send(signal: SIGTERM)
        let told = try watch.waitForEnd().stderr.split(separator: "\n")
            .filter { $0.contains("eth0 had no carrier ") }
        let counts = told.map { line in
            line.contains(" times, ") ? line.split(separator: " ").compactMap { Int($0) }.first : 1
        }
        return (counts.compactMap { $0 }.reduce(0, +), told)
    }

    @Test func `a loose plug is told a few times, with all that the kernel counts`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("lo")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try shake(.watcher, 20, in: laboratory)
        let (count, told) = try pulls(toldBy: watch)
        #expect((20...21).contains(count), "\(told)")
        #expect(told.count <= 3, "\(told)")
    }

    @Test func `plugs are counted in the watch's own network, whatever /sys shows`() throws {
        let tool = "/usr/bin/nsenter"
        if let obstacle = Laboratory.obstacle(tool) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("ns")
        let watch = try laboratory.start(
            .watcher, seeing: .attacker, Executables.path("arpguard"),
            ["--home", home, "watch", "-i", "eth0", "--format", "json"])
        try waitForStart(watch)
        try shake(.attacker, 25, in: laboratory)
        try shake(.watcher, 10, in: laboratory)
        let (count, told) = try pulls(toldBy: watch)
        #expect((10...11).contains(count), "\(told)")
    }

    @Test func `a watch that begins without a carrier says so`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("cb")
        try laboratory.plug(.watcher, in: false)
        let watch = try watch(laboratory)
        _ = try watch.waitForErrorLine(containing: "eth0 has no carrier: nothing is heard on it")
        try laboratory.plug(.watcher, in: true)
        _ = try watch.waitForErrorLine(containing: "eth0 had no carrier for ")
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 0)
    }

    @Test func `a configuration that does not hold is told by a watch, however quiet`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        try folder.write("{\"detection\": [", to: "home/config.json")
        let laboratory = try Laboratory("qu")
        let watch = try watch(laboratory, ["--quiet"])
        let told = try watch.waitForErrorLine(containing: "is not a configuration")
        #expect(told.hasPrefix("arpguard: error: ") && told.hasSuffix("; the defaults hold"))
        try waitForStart(watch)
        watch.send(signal: SIGHUP)
        let again = try watch.waitForErrorLine(containing: "the configuration holds as it was")
        #expect(again.hasPrefix("arpguard: error: "), "\(again)")
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 0)
    }

    @Test func `another interface of the same name is not the one that was watched`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("sn")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try atOnce(
            laboratory, "link del eth0", "link add eth0 type veth peer name other",
            "link set eth0 up")
        let result = try watch.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("the interface eth0 vanished"), "\(result.stderr)")
    }

    /// The last line of a watch: what it counted.
    private func totals(_ result: CommandResult) throws -> JSONValue {
        let last = try JSONValue.parse(String(result.stdout.split(separator: "\n").last ?? ""))
        return try #require(last["stats"], "\(result.stdout)")
    }

    @Test func `a watch whose interface vanishes says so, and keeps what it recorded`() throws {
        let attack = Attack.arping
        if let obstacle = Laboratory.obstacle(attack.needs) { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let laboratory = try Laboratory("va")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let attacker = try attack.start(in: laboratory)
        _ = try watch.waitForLine(containing: "\"alert\"")
        attacker.kill()
        try Laboratory.run("-n", laboratory.space(.watcher), "link", "del", "eth0")
        let result = try watch.waitForEnd()
        #expect(result.status == 2)
        let told = "error: the interface eth0 vanished\narpguard: hint: start the watch again when"
        #expect(result.stderr.contains(told), "\(result.stderr)")
        let alerts = result.stdout.split(separator: "\n").count { $0.contains("\"alert\"") }
        let counts = try #require(totals(result)["alerts"]?.objectValue)
        #expect(counts.members.compactMap(\.value.integerValue).reduce(0, +) == Int64(alerts))

        func recorded(_ type: String) throws -> [JSONValue] {
            let shown = try arpguard("--format", "json", "telemetry", "show", "--type", type)
            return try shown.stdout.split(separator: "\n").compactMap {
                try JSONValue.parse(String($0))["properties"]
            }
        }
        #expect(try recorded("alert_generated").count == alerts)
        #expect(
            try recorded("error") == [["feature": "watch", "error_type": "interface_unavailable"]])
        #expect(try recorded("detection_run").count == 1)
        #expect(try recorded("app_stop").map { $0["exit"] } == ["error"])

        // Whoever starts it again finds what it knew.
        try laboratory.connectAgain(.watcher, as: "eth0")
        let next = try self.watch(laboratory, ["--gateway", "10.9.0.1"])
        _ = try next.waitForErrorLine(containing: "known from before; others are learnt")
        next.send(signal: SIGTERM)
        #expect(try next.waitForEnd().status == 0)
    }

    private func captureChild(of watch: RunningProcess) throws -> Int32 {
        let pgrep = try CommandRunner.run("/usr/bin/pgrep", ["-P", String(watch.pid)])
        return try #require(Int32(pgrep.stdout.split(separator: "\n").first ?? ""))
    }

    @Test func `a capture process that is killed ends the watch with a message`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("kc")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try #require(kill(captureChild(of: watch), SIGKILL) == 0)
        let result = try watch.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("is gone: it was killed by signal 9"), "\(result.stderr)")
    }

    @Test func `frames for which the kernel has no room are counted, told and shown`() throws {
        let python = "/usr/bin/python3"
        if let obstacle = Laboratory.obstacle(python) { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("config", "set", "watch.ring_mib", "1").status == 0)
        let laboratory = try Laboratory("ov")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        // A capture process that gets no processor, while more comes than the ring has room for.
        let child = try captureChild(of: watch)
        try #require(kill(child, SIGSTOP) == 0)
        let flood = """
            import socket
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            port.bind(("eth0", 0))
            own = bytes.fromhex("020000000903")
            asks = bytes.fromhex("08060001080006040001") + own + bytes([10, 9, 0, 3]) + bytes(6)
            for _ in range(10000): port.send(b"\\xff" * 6 + own + asks + bytes([10, 9, 0, 99]))
            """
        let sent = try laboratory.start(.attacker, python, ["-c", flood]).waitForEnd()
        #expect(sent.status == 0, "\(sent.stderr)")
        try #require(kill(child, SIGCONT) == 0)
        let warning = try watch.waitForErrorLine(containing: "the kernel dropped ")
        let words = warning.split(separator: " ")
        let dropped = try #require(words.compactMap { Int64($0) }.first)
        #expect(dropped > 5_000, "\(warning)")
        let hint = try watch.waitForErrorLine(containing: "watch.ring_mib")
        #expect(
            hint.contains("arpguard --home '\(home)' config set watch.ring_mib 2, then restart"))
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        let stats = try totals(result)
        #expect(stats["dropped"]?.integerValue == dropped)
        // What there was room for was judged all the same.
        let judged = stats["arp_frames"]?.integerValue ?? 0
        #expect(judged > 100 && (10_000...10_100).contains(judged + dropped), "\(stats)")
        let state = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
        let interface = state["watch"]?["interfaces"]?.arrayValue?.first
        #expect(interface?["dropped"]?.integerValue == dropped, "\(state)")
    }
}
