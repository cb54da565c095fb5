// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

@Suite struct ReplayTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    /// The objects of a JSON lines output.
    private func objects(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    @Test func `a poisoning is told with reasons, and the status says so`() throws {
        let result = try arpguard("replay", capture)
        #expect(result.status == 1)
        #expect(result.stdout.contains("ARP spoofing"))
        #expect(result.stdout.contains("08:00:27:66:00:66"))
        #expect(result.stdout.contains("Advice:"))
        #expect(result.stderr.isEmpty)
    }

    @Test func `a name that is no UTF-8 is told to be one, and its bytes can be read`() throws {
        let script = """
            cd "$2" && cp "$3" "$(printf 'caf\\351.pcap')" || exit 99
            "$1" replay "$(printf 'caf\\351.pcap')"
            exec "$1" replay - <"$(printf 'caf\\351.pcap')"
            """
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            "/bin/sh",
            ["-c", script, "sh", Executables.path("arpguard"), folder.path, capture],
            environment: ["ARPGUARD_HOME": folder.file("home")])
        #expect(result.status == 1)
        #expect(result.stderr.contains("a name with bytes that are no UTF-8 can't be opened"))
        let told = "arpguard --home '\(folder.file("home"))' replay - <FILE"
        #expect(result.stderr.contains("hint: give its bytes: \(told)"), "\(result.stderr)")
    }

    @Test func `EVE JSON has an object a line, and the totals at the end`() throws {
        let result = try arpguard("replay", "--format", "json", capture)
        let lines = try objects(result.stdout)
        let alerts = lines.filter { $0["event_type"] == "alert" }
        #expect(alerts.contains { $0["alert"]?["severity"] == 1 })
        #expect(alerts.allSatisfy { $0["pcap_cnt"]?.integerValue ?? 0 >= 145 })
        #expect(alerts.allSatisfy { $0["arpguard"]?["explanation"]?.stringValue != nil })
        #expect(lines.last?["event_type"] == "stats")
        #expect(lines.last?["stats"]?["frames"] == 660)
    }

    @Test func `alerts are the same with telemetry absent, off, on, and unable to write`() throws {
        func alerts() throws -> [JSONValue] {
            try objects(arpguard("replay", "--format", "json", capture).stdout)
                .filter { $0["event_type"] == "alert" }
        }
        let absent = try alerts()
        #expect(!absent.isEmpty)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try alerts() == absent)
        #expect(try arpguard("telemetry", "disable").status == 0)
        #expect(try alerts() == absent)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        // A file in the place of a folder: no journal can be made.
        let journals = arpguard.folder.file("own/telemetry/journal")
        #expect(
            try CommandRunner.run("/bin/sh", ["-c", "rmdir \"$0\" && touch \"$0\"", journals])
                .status == 0)
        #expect(try alerts() == absent)
    }

    @Test func `notices are printed where the configuration asks for them, and never recorded`()
        throws
    {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let path = try arpguard.folder.write(CaptureBytes().classic([[1, 2, 3]]), to: "short.pcap")
        func notices() throws -> [JSONValue] {
            try objects(arpguard("replay", "--format", "json", path).stdout)
                .filter { $0["event_type"] == "notice" }
        }
        #expect(try notices().isEmpty)
        _ = try arpguard("config", "set", "output.severity_min", "info")
        #expect(try notices().map { $0["arpguard"]?["rule"] } == ["P1"])
        #expect(try arpguard("replay", path).stdout.contains("  info  Malformed ARP"))
        let events = try arpguard("telemetry", "show", "--format", "json").stdout
        #expect(events.contains("detection_run") && !events.contains("alert_generated"))
    }

    @Test func `a capture that can't be opened is recorded as an error, and as no detection`()
        throws
    {
        _ = try arpguard("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", arpguard.folder.file("none.pcap")).status == 2)
        let events = try arpguard("telemetry", "show", "--format", "json").stdout
        #expect(events.contains("capture_missing") && !events.contains("detection_run"))
    }

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    @Test(
        .enabled(if: canMount, "the kernel gives this user no mount namespace"),
        arguments: [("no room for a journal", "200k", "0"), ("no byte left", "4m", "8m")])
    func `alerts are the same on a disk that is full`(
        what: String, size: String, filling: String
    ) throws {
        func alerts(_ output: String) throws -> [JSONValue] {
            try objects(output).filter { $0["event_type"] == "alert" }
        }
        let elsewhere = try alerts(arpguard("replay", "--format", "json", capture).stdout)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let script = """
            mkdir -p "$1/disk" && mount -t tmpfs -o size="$2" tmpfs "$1/disk" \\
                && cp -a "$1/own" "$1/disk/own" || exit 99
            head -c "$5" /dev/zero >"$1/disk/filling"
            "$3" --home "$1/disk/own" replay --format json "$4"
            """
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh",
                arpguard.folder.path, size, Executables.path("arpguard"), capture, filling,
            ])
        #expect(result.status == 1, "\(what): \(result.stderr)")
        #expect(try alerts(result.stdout) == elsewhere, "\(what)")
        #expect(result.stderr.contains("telemetry: "), "\(what): \(result.stderr)")
    }

    @Test func `a torn capture keeps its alerts, is told, and loses nothing else`() throws {
        let bytes = try CommandRunner.run("/usr/bin/head", ["-c", "40000", capture]).stdoutBytes
        let torn = try arpguard.folder.write(bytes, to: "torn.pcap")
        let result = try arpguard("replay", torn, capture)
        #expect(result.status == 2)
        #expect(result.stdout.contains("ARP spoofing"))
        #expect(result.stderr.contains("arpguard: error: \(torn) ends inside frame"))
        #expect(result.stderr.contains("arpguard: hint: "))
    }

    /// An address a frame moves from a station of its own to another: an alert each, far more than
    /// a pipe holds, and then more frames than are read ahead.
    private func talkative() -> [[UInt8]] {
        let moves = (0..<1_000).flatMap { number in
            ["02", "06"].map { first in
                let (high, low) = (number / 250, number % 250)
                let last = (low < 16 ? "0" : "") + String(low, radix: 16)
                let mac = "\(first):00:00:00:0\(high):\(last)"
                let ip = "10.1.\(high).\(low)"
                return Frame.arp(.request, sender: (mac, ip), target: (Frame.unknown, ip))
            }
        }
        return moves + Array(repeating: [UInt8](repeating: 0, count: 1_000), count: 10_000)
    }

    @Test func `a capture that shrinks while it is read is told, and its alerts are kept`() throws {
        let bytes = CaptureBytes().classic(talkative())
        let file = try arpguard.folder.write(bytes, to: "shrinks.pcap")
        // The first line is out, the others wait for a reader, when the file is cut.
        let script = """
            { "$0" replay --format json "$1"; echo "status $?" >&2; } | {
                read -r first && truncate -s 4000000 "$1" && printf '%s\\n' "$first" && cat
            }
            """
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", script, Executables.path("arpguard"), file],
            environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.stderr.contains("error: \(file) has become shorter while it was read"))
        #expect(result.stderr.contains("hint: what was left was read"))
        #expect(result.stderr.contains("status 2"))
        let lines = try objects(result.stdout)
        #expect(lines.count { $0["event_type"] == "alert" } == 1_000)
        #expect(lines.last?["stats"]?["unreadable"] == 1)
    }

    @Test func `with several files each alert says whose it is`() throws {
        let other = try arpguard.folder.write(
            CommandRunner.run("/bin/cat", [capture]).stdoutBytes, to: "other.pcap")
        let text = try arpguard("replay", capture, other).stdout
        #expect(text.contains(" of \(capture), rule ") && text.contains(" of \(other), rule "))
        #expect(try !arpguard("replay", capture).stdout.contains(capture))
        let names = try objects(arpguard("replay", "--format", "json", capture, other).stdout)
            .filter { $0["event_type"] == "alert" }
            .map { $0["pcap_filename"]?.stringValue }
        #expect(Set(names) == [capture, other])
        #expect(names.prefix(names.count / 2).allSatisfy { $0 == capture })
    }

    @Test(arguments: [(1, "1 frame was"), (3, "3 frames were")])
    func `frames that were cut short are not passed over in silence`(
        count: Int, words: String
    ) throws {
        let station = ("02:00:00:00:00:01", "10.0.0.1")
        let frame = Frame.arp(.request, sender: station, target: (Frame.unknown, "10.0.0.2"))
        let cut = Array(repeating: Array(frame.prefix(20)), count: count)
        let file = try arpguard.folder.write(CaptureBytes().classic([frame] + cut), to: "cut.pcap")
        let result = try arpguard("replay", file)
        #expect(result.status == 0)
        #expect(result.stdout == "\(count + 1) frames, 1 of them ARP; no alerts\n")
        #expect(
            result.stderr == """
                arpguard: warning: \(words) malformed or cut short and not judged
                arpguard: hint: if they were cut short, capture with a larger snapshot length

                """)
        let json = try arpguard("replay", "--format", "json", file)
        #expect(try objects(json.stdout).last?["stats"]?["malformed"] == .integer(Int64(count)))
        #expect(json.stderr == result.stderr)
    }

    @Test func `a file of several interfaces is judged as one network, and that is told`() throws {
        let station = ("02:00:00:00:00:01", "10.0.0.1")
        let frame = Frame.arp(.request, sender: station, target: (Frame.unknown, "10.0.0.2"))
        let bytes = CaptureBytes().pcapng([frame], interfaces: 2)
        let file = try arpguard.folder.write(bytes, to: "two.pcapng")
        let result = try arpguard("replay", file)
        #expect(result.status == 0)
        #expect(result.stdout == "1 frame, 1 of them ARP; no alerts\n")
        #expect(
            result.stderr.hasPrefix(
                "arpguard: warning: \(file) holds frames of 2 interfaces, and they are judged as "
                    + "those of one network\narpguard: hint: "))
        let one = try arpguard.folder.write(CaptureBytes().pcapng([frame]), to: "one.pcapng")
        #expect(try arpguard("replay", one).stderr.isEmpty)
    }

    @Test func `where nothing was read nothing is said to be without alerts`() throws {
        let text = try arpguard("replay", "nowhere.pcap")
        #expect(text.stdout.isEmpty)
        let stats = try objects(arpguard("replay", "--format", "json", "nowhere.pcap").stdout)
        #expect(stats.map { $0["stats"]?["unreadable"] } == [1])
        let both = try arpguard("replay", "nowhere.pcap", capture)
        #expect(both.status == 2)
        #expect(both.stdout.contains("660 frames, "))
    }

    @Test(arguments: [
        ("", "is empty"), ("no capture at all, just text", "is not a capture file"),
    ])
    func `what is no capture is told clearly`(content: String, message: String) throws {
        let file = try arpguard.folder.write(content, to: "file")
        let result = try arpguard("replay", file)
        #expect(result.status == 2)
        #expect(result.stderr.contains(message))
        #expect(result.stderr.contains("hint: "))
    }

    @Test func `a missing file, a folder and a wrong gateway have their own words`() throws {
        let missing = try arpguard("replay", "nowhere.pcap")
        #expect(missing.status == 2)
        #expect(missing.stderr.contains("there is no file nowhere.pcap"))
        let folder = try arpguard("replay", arpguard.folder.path)
        #expect(folder.status == 2)
        #expect(folder.stderr.contains("is a folder"))
        let gateway = try arpguard("replay", "--gateway", "router", capture)
        #expect(gateway.status == 64)
        #expect(try arpguard("replay", "--gateway", "0.0.0.0", capture).status == 64)
        #expect(try arpguard("replay").status == 64)
        let nameless = try arpguard("replay", "")
        #expect(nameless.status == 64)
        #expect(nameless.stderr.contains("FILE is empty"))
        let twice = try arpguard("replay", "-", "-")
        #expect(twice.status == 64 && twice.stdout.isEmpty)
        #expect(twice.stderr.hasPrefix("arpguard: error: standard input is named twice\n"))
    }

    @Test(arguments: ["", "a/../b"])
    func `what is no name of an interface is told with those that can be watched`(
        name: String
    ) throws {
        let result = try arpguard("watch", "-i", name)
        #expect(result.status == 64)
        #expect(result.stderr.contains("'\(name)' is no name of an interface"))
        #expect(result.stderr.contains("hint: interfaces that can be watched: "))
    }

    @Test(arguments: ["x", "255.255.255.255"])
    func `a wrong gateway of a watch is told before anything else`(gateway: String) throws {
        let result = try arpguard("watch", "--gateway", gateway)
        #expect(result.status == 64)
        #expect(
            result.stderr == """
                arpguard: error: --gateway \(gateway) is no host's IPv4 address
                arpguard: hint: for example --gateway 192.0.2.1

                """)
    }

    @Test func `the sample shows an attack, beside other files too`() throws {
        let sample = try arpguard("replay", "--sample")
        #expect(sample.status == 1)
        #expect(sample.stdout.contains("660 frames, "))
        #expect(sample.stdout.contains("ARP spoofing"))
        let both = try arpguard("replay", "--sample", "--format", "json", capture)
        let names = try objects(both.stdout).filter { $0["event_type"] == "alert" }
            .map { $0["pcap_filename"]?.stringValue }
        #expect(Set(names) == ["sample", capture])
    }

    @Test func `what the configuration suppresses is counted and not told`() throws {
        func set(_ key: String, _ value: String) throws -> CommandResult {
            try arpguard("config", "set", key, value)
        }
        #expect(try set("detection.suppress", "[{\"mac\":\"08:00:27:66:00:66\"}]").status == 0)
        let result = try arpguard("replay", "--format", "json", capture)
        #expect(result.status == 0)
        let lines = try objects(result.stdout)
        #expect(lines.count == 1)
        #expect(lines.last?["stats"]?["suppressed"]?.integerValue ?? 0 > 0)
        #expect(try set("detection.suppress", "[]").status == 0)
        #expect(try set("detection.trusted", "[\"08:00:27:66:00:66\"]").status == 0)
        #expect(try arpguard("replay", capture).status == 0)
    }

    @Test(arguments: ["[{}]", "[{\"ip\":\"router\"}]", "[{\"vlan\":5000}]", "[{\"name\":\"x\"}]"])
    func `a suppression that makes no sense is refused`(value: String) throws {
        let result = try arpguard("config", "set", "detection.suppress", value)
        #expect(result.status != 0)
        #expect(result.stderr.contains("detection.suppress"))
    }

    @Test func `a suppression of a rule that does not exist is told`() throws {
        let result = try arpguard("config", "set", "detection.suppress", "[{\"rule\":\"X9\"}]")
        #expect(result.status == 64)
        #expect(result.stderr.contains("detection.suppress can't be [{\"rule\":\"X9\"}]"))
        #expect(result.stderr.contains("; rules are B1, C1"))
        let section = "{\"detection\": {\"suppress\": [{\"rule\": \"X9\"}]}}"
        try arpguard.folder.write(section, to: "own/config.json")
        let replay = try arpguard("replay", capture)
        #expect(replay.status == 1)
        #expect(replay.stderr.contains("; rules are B1, C1"))
    }

    @Test func `standard input is read like a file`() throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "\"$0\" replay - < \"$1\"", Executables.path("arpguard"), capture],
            environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.status == 1)
        #expect(result.stdout.contains("ARP spoofing"))
    }
}
