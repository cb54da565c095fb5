// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import JSON
import Modules
import Program
import Telemetry
import TestKit
import Testing

/// What happens to a watch while it runs, and around it.
@Suite(.serialized) struct RunningWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// The attacker tells everybody, once a second, that an address is its own.
    private func announce(_ laboratory: Laboratory, _ address: String) throws -> RunningProcess {
        try laboratory.start(
            .attacker, "/usr/sbin/arping",
            ["-i", "eth0", "-U", "-P", "-S", address, "-c", "60", address])
    }

    @Test func `a signal has bindings declared and stations trusted while a watch runs`() throws {
        if let obstacle = Laboratory.obstacle("/usr/sbin/arping") { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("hu")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let announcing = try announce(laboratory, "10.9.0.77")
        let declared = #"{"10.9.0.77": "02:00:00:00:00:77"}"#
        #expect(try arpguard("config", "set", "detection.static_bindings", declared).status == 0)
        watch.send(signal: SIGHUP)
        let line = try watch.waitForLine(containing: "\"S1\"")
        #expect(try JSONValue.parse(line)["arp"]?["src_mac"] == "02:00:00:00:09:03")
        announcing.kill()

        // A mistake changes nothing of that.
        let path = home + "/config.json"
        let sound = try CommandRunner.run("/bin/cat", [path]).stdoutBytes
        try folder.write("{\"detection\": [", to: "home/config.json")
        watch.send(signal: SIGHUP)
        let told = try watch.waitForErrorLine(containing: "the configuration holds as it was")
        #expect(told.contains("is not a configuration"))
        try folder.write(sound, to: "home/config.json")
        let trusted = #"["02:00:00:00:09:03"]"#
        #expect(try arpguard("config", "set", "detection.trusted", trusted).status == 0)
        watch.send(signal: SIGHUP)
        let nowhere = folder.path + "/nowhere/eve.json"
        _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        #expect(try arpguard("config", "set", "output.eve_path", nowhere).status == 0)
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "alerts can't be sent by eve: \(nowhere): No")
        let attack = try laboratory.start(.attacker, "/usr/sbin/arping", Attack.arping.words)
        #expect(try attack.waitForEnd().status != nil)
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        #expect(result.status == 1, "\(result.stderr)")
        let lines = try result.stdout.split(separator: "\n").map { try JSONValue.parse(String($0)) }
        let rules = lines.compactMap { $0["arpguard"]?["rule"]?.stringValue }
        #expect(Set(rules).subtracting(["C1"]) == ["S1"], "\(rules)")
        let aboutGateway = lines.filter { $0["arp"]?["src_ip"] == "10.9.0.1" }
        #expect(aboutGateway.isEmpty, "\(aboutGateway)")
        #expect(lines.last?["stats"]?["suppressed"]?.integerValue ?? 0 > 0)
    }

    @Test func `a configuration that says no ends telemetry of a watch without a signal`() throws {
        if let obstacle = Laboratory.obstacle("/usr/sbin/arping") { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let laboratory = try Laboratory("no")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let sound = try? folder.read("home/config.json")
        try folder.write("{\"detection\": [", to: "home/config.json")
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(
            containing: "holds as it was, but telemetry is off until it is mended: ")
        try folder.write(sound ?? Array("{}".utf8), to: "home/config.json")
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        #expect(try arpguard("config", "set", "telemetry.enabled", "false").status == 0)
        _ = try watch.waitForErrorLine(containing: "telemetry.enabled is false now")
        let before = try status()["events"]
        #expect(try status()["recorders"]?.arrayValue?.contains { $0["blocked_by"] == [] } == false)
        let attack = try laboratory.start(.attacker, "/usr/sbin/arping", Attack.arping.words)
        #expect(try attack.waitForEnd().status != nil)
        watch.send(signal: SIGTERM)
        _ = try watch.waitForEnd()
        #expect(try status()["events"] == before)
    }

    private func status() throws -> JSONValue {
        try JSONValue.parse(arpguard("telemetry", "status", "--format", "json").stdout)
    }

    @Test func `two interfaces are watched at once, each by a process and a table of its own`()
        throws
    {
        if let obstacle = Laboratory.obstacle("/usr/sbin/arping") { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("tw")
        try laboratory.connectAgain(.watcher, as: "eth1")
        // What the second one can know: it hears what goes to everybody alone.
        let declared = #"{"10.9.0.1": "02:00:00:00:09:01"}"#
        #expect(try arpguard("config", "set", "detection.static_bindings", declared).status == 0)
        let nowhere = folder.path + "/nowhere/eve.json"
        #expect(try arpguard("config", "set", "output.eve_path", nowhere).status == 0)
        let watch = try watch(laboratory, ["-i", "eth1"])
        try waitForStart(watch)
        _ = try watch.waitForErrorLine(containing: "alerts can't be sent by eve: \(nowhere): No")
        let attack = try laboratory.start(.attacker, "/usr/sbin/arping", Attack.arping.words)
        for name in ["eth0", "eth1"] {
            let line = try watch.waitForLine(containing: "\"in_iface\":\"\(name)\"")
            #expect(try JSONValue.parse(line)["arp"]?["src_mac"] == "02:00:00:00:09:03")
        }
        attack.kill()
        try Laboratory.run("-n", laboratory.space(.watcher), "link", "del", "eth1")
        let result = try watch.waitForEnd()
        #expect(result.status == 2)
        #expect(result.stderr.contains("error: the interface eth1"), "\(result.stderr)")
        let readers = result.stderr.split(separator: "\n").filter { $0.contains(" in process ") }
        #expect(readers.count == 2, "\(result.stderr)")
    }

    @Test func `a configuration with a mistake leaves bindings declared`() throws {
        if let obstacle = Laboratory.obstacle("/usr/sbin/arping") { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("mi")
        let declared = #"{"10.9.0.77": "02:00:00:00:00:77"}"#
        #expect(try arpguard("config", "set", "detection.static_bindings", declared).status == 0)
        let watch = try watch(laboratory)
        try waitForStart(watch)
        try folder.write("{", to: "home/config.json")
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "the configuration holds as it was")
        let announcing = try announce(laboratory, "10.9.0.77")
        _ = try watch.waitForLine(containing: "\"S1\"")
        announcing.kill()
    }

    /// Each run has a network of its own, since an attack leaves traces in the kernel's tables; the
    /// later alerts depend on when the kernel asks for the gateway again, the first does not.
    @Test func `an attack is told alike whatever becomes of telemetry`() throws {
        if let obstacle = Laboratory.obstacle("/usr/sbin/arping") { try Test.cancel("\(obstacle)") }
        let absent = try firstAlert()
        #expect(absent[1] != nil)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let on = try firstAlert()
        #expect(on == absent, "\(on) and \(absent)")
        let full = try firstAlert(onFullDisk: true)
        #expect(full == absent, "\(full) and \(absent)")
        #expect(try arpguard("telemetry", "disable").status == 0)
        let off = try firstAlert()
        #expect(off == absent, "\(off) and \(absent)")
        try arpguardBreaksTelemetry()
        let broken = try firstAlert()
        #expect(broken == absent, "\(broken) and \(absent)")
    }

    private func firstAlert(onFullDisk: Bool = false) throws -> [JSONValue?] {
        // What was learnt in the run before would change what the next one can tell.
        for name in try folder.contents() where name.hasPrefix("home/bindings.sqlite") {
            try #require(unsafe unlink(folder.file(name)) == 0)
        }
        let laboratory = try Laboratory("te")
        let watch = onFullDisk ? try watchOnFullDisk(laboratory) : try watch(laboratory)
        _ = try watch.waitForErrorLine(containing: "gateway 10.9.0.1 is ")
        let attack = try laboratory.start(.attacker, "/usr/sbin/arping", Attack.arping.words)
        let line = try watch.waitForLine(containing: "\"alert\"")
        attack.kill()
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        #expect(result.status == 1)
        if onFullDisk { #expect(result.stderr.contains("telemetry: "), "\(result.stderr)") }
        let alert = try JSONValue.parse(line)
        return [alert["alert"], alert["arpguard"]?["rule"], alert["arpguard"]?["explanation"]]
    }

    /// A home without a byte left; `ip netns exec` gives the program mounts of its own.
    private func watchOnFullDisk(_ laboratory: Laboratory) throws -> RunningProcess {
        let script = """
            mkdir -p "$2" && mount -t tmpfs -o size=4m tmpfs "$2" && cp -a "$1/." "$2" || exit 99
            head -c 8m /dev/zero >"$2/filling"
            exec "$3" --home "$2" watch -i eth0 --format json
            """
        return try laboratory.start(
            .watcher, "/bin/sh",
            ["-c", script, "sh", home, folder.file("full"), Executables.path("arpguard")])
    }

    private func arpguardBreaksTelemetry() throws {
        let path = home + "/telemetry"
        try #require(unsafe rename(path, path + ".away") == 0)
        try folder.write("no folder", to: "home/telemetry")
    }

    @Test(.enabled(if: isFull, "a watch looks for uploads once a minute: with make test-full only"))
    func `a watch sends what is due by itself`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("up")
        try Laboratory.run("-n", laboratory.space(.watcher), "link", "set", "lo", "up")
        let store = "sqlite:\(folder.file("collector.sqlite"))"
        let collector = try laboratory.start(
            .watcher, Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                store,
            ])
        let line = try collector.waitForLine(containing: "intake ")
        let url = String(line.dropFirst("intake ".count))
        #expect(try arpguard("config", "set", "telemetry.upload_url", url).status == 0)
        try recordTwoDaysAgo(for: url)
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let end = Deadline.within(.seconds(120))
        var uploaded: Int64 = 0
        while uploaded == 0, !end.hasPassed {
            let status = try arpguard("--format", "json", "telemetry", "status").stdout
            uploaded = try JSONValue.parse(status)["events"]?["uploaded"]?.integerValue ?? 0
        }
        #expect(uploaded > 0)
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 0)
        collector.send(signal: SIGTERM)
        #expect(try collector.waitForEnd().status == 0)
    }
}
