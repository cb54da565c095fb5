// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

@Suite struct ConfigCommandTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    @Test func `reading makes no home`() throws {
        for words in [["get"], ["path"], ["check"], ["get", "detection.gateway"]] {
            let result = try CommandRunner.run(
                Executables.path("arpguard"), ["config"] + words,
                environment: ["ARPGUARD_HOME": arpguard.home])
            #expect(result.status == 0)
        }
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `a value that is set is read back`() throws {
        let set = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        #expect(set.status == 0)
        #expect(set.stdout == "detection.gateway is now 192.0.2.1 (~/own/config.json)\n")
        #expect(try arpguard("config", "get", "detection.gateway").stdout == "192.0.2.1\n")
        #expect(
            try arpguard("config", "get", "detection.gateway", "--format", "json").stdout
                == "\"192.0.2.1\"\n")
    }

    @Test func `the file is the person's alone, and so is the home`() throws {
        _ = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        var status = stat()
        try #require(unsafe stat(arpguard.home, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        try #require(unsafe stat(arpguard.home + "/config.json", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func `a static binding is set and removed by its address`() throws {
        let key = "detection.static_bindings.192.0.2.1"
        _ = try arpguard("config", "set", key, "02:00:00:00:00:01")
        #expect(
            try arpguard("config", "get", "detection.static_bindings").stdout
                == "{\"192.0.2.1\":\"02:00:00:00:00:01\"}\n")
        _ = try arpguard("config", "set", key, "null")
        #expect(try arpguard("config", "get", "detection.static_bindings").stdout == "{}\n")
    }

    @Test func `all values are one JSON object`() throws {
        _ = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        let text = try arpguard("--format=json", "config", "get").stdout
        let value = try JSONValue.parse(text)
        #expect(value["detection"]?["gateway"] == "192.0.2.1")
        #expect(value["detection"]?["static_bindings"] == [:])
    }

    @Test func `the list tells what the file says and what is a default`() throws {
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        let words = try arpguard("config", "get").stdout.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true)
        }
        #expect(words.first == ["KEY", "FROM", "VALUE"])
        #expect(words.contains(["telemetry.upload_review", "file", "manual"]))
        #expect(words.contains(["telemetry.compression", "default", "gzip"]))
    }

    @Test func `a key is taken out of the file, and its section with it`() throws {
        _ = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        let unset = try arpguard("config", "unset", "detection.gateway")
        #expect(unset.stdout == "detection.gateway is now null (~/own/config.json)\n")
        #expect(try arpguard.folder.read("own/config.json") == Array("{}\n".utf8))
        let again = try arpguard("config", "unset", "detection.gateway")
        #expect(again.status == 0)
        #expect(
            again.stderr
                == "arpguard: detection.gateway is not in the file; its default holds\n")
    }

    @Test(arguments: [
        (#"{"telemetry": {"upload_urll": 1, "enabled": true}}"#, "telemetry.upload_urll"),
        (#"{"telemetry": {"enabled": true}, "telmetry": {"x": 1}}"#, "telmetry"),
        (#"{"telemetry": {"enabled": true}, "telmetry": {"x.y": 1}}"#, "telmetry.x.y"),
    ])
    func `a misspelt key is taken out of the file`(content: String, key: String) throws {
        try arpguard.folder.write(content, to: "own/config.json")
        arpguard.secureHome()
        let unset = try arpguard("config", "unset", key)
        #expect(unset.status == 0, "\(unset.stderr)")
        #expect(unset.stdout == "\(key) is out of the file (~/own/config.json)\n")
        let left = try JSONValue.parse(bytes: arpguard.folder.read("own/config.json"))
        #expect(left == ["telemetry": ["enabled": true]])
        #expect(try arpguard("config", "unset", key).status == 64)
    }

    @Test func `a section that there is can't be taken out whole`() throws {
        _ = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        let before = try arpguard.folder.read("own/config.json")
        #expect(try arpguard("config", "unset", "detection").status == 64)
        #expect(try arpguard.folder.read("own/config.json") == before)
    }

    @Test func `a folder that is no configuration is told to be one`() throws {
        let result = try arpguard("config", "check", arpguard.folder.path)
        #expect(result.status == 2)
        #expect(result.stderr.hasSuffix("arpguard: hint: name a file, or move the folder away\n"))
    }

    @Test func `another folder for telemetry is told of only where the old one has something`()
        throws
    {
        func move(to name: String) throws -> String {
            let place = arpguard.folder.file(name)
            return try arpguard("config", "set", "telemetry.storage_path", place).stderr
        }
        #expect(try move(to: "first").isEmpty)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try move(to: "second").contains("what was recorded stays in ~/first, "))
        #expect(try move(to: "third").isEmpty)
    }

    @Test func `every key is shown with its meaning, or those of one section`() throws {
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        let all = try arpguard("config", "show").stdout
        #expect(
            all.contains(
                """
                telemetry.upload_review = manual (default: automatic)
                    manual: nothing leaves before you release it
                    allowed: one of automatic, manual

                """))
        #expect(all.contains("detection.gateway = null (default)\n"))
        let some = try arpguard("config", "show", "telemetry.upload").stdout
        #expect(some.contains("telemetry.upload_url") && !some.contains("detection."))
        let json = try JSONValue.parse(try arpguard("config", "show", "--format=json").stdout)
        #expect(json["telemetry"]?["upload_review"]?["from"] == "file")
        #expect(json["telemetry"]?["compression"]?["from"] == "default")
        let unknown = try arpguard("config", "show", "telmetry.upload_url")
        #expect(unknown.status == 64)
        #expect(unknown.stderr.hasSuffix("did you mean 'telemetry.upload_url'?\n"))
    }

    @Test func `an unknown key is a usage error`() throws {
        let result = try arpguard("config", "set", "detection.gatway", "192.0.2.1")
        #expect(result.status == 64)
        #expect(
            result.stderr == """
                arpguard: error: unknown key 'detection.gatway'
                arpguard: hint: did you mean 'detection.gateway'?

                """)
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `a value out of bounds is a usage error and changes nothing`() throws {
        let result = try arpguard("config", "set", "detection.gateway", "192.0.2.300")
        #expect(result.status == 64)
        #expect(
            result.stderr == """
                arpguard: error: detection.gateway can't be 192.0.2.300
                arpguard: hint: it must be a host's IPv4 address, or null

                """)
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test(arguments: [
        ("output.command", "echo"), ("watch.interfaces", "eth0"), ("detection.trusted", "me"),
        ("detection.suppress", "C1"), ("detection.static_bindings", "192.0.2.1"),
        ("telemetry.allowed_event_types", "error"),
    ])
    func `who writes no list is shown one, and what is shown is taken`(
        key: String, word: String
    ) throws {
        let refused = try arpguard("config", "set", key, word)
        #expect(refused.status == 64)
        let quoted = refused.stderr.split(separator: "'", omittingEmptySubsequences: false)
        let example = try #require(quoted.dropLast().last)
        #expect(refused.stderr.contains(", such as '\(example)'\n"))
        let taken = try arpguard("config", "set", key, String(example))
        #expect(taken.status == 0, "\(taken.stderr)")
    }

    @Test func `a value that is no UTF-8 is not written as another one`() throws {
        let script = """
            exec "$1" config set output.eve_path "$(printf '/tmp/caf\\351')"
            """
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", script, "sh", Executables.path("arpguard")],
            environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.status == 64)
        #expect(result.stderr.contains("nothing was changed: what was given is no UTF-8"))
        #expect(try arpguard.folder.contents().isEmpty)
        let kept = try arpguard("config", "set", "output.eve_path", "/tmp/caf\u{FFFD}")
        #expect(kept.status == 0, "a name may hold that sign")
    }

    @Test func `to take a ban away is told to be no yes`() throws {
        let told = "that is no yes, and nothing is recorded: \(arpguard.told) telemetry enable asks"
        let allowed = try arpguard("config", "set", "telemetry.enabled", "true")
        #expect(allowed.stderr.contains(told), "\(allowed)")
        let forbidden = try arpguard("config", "set", "telemetry.enabled", "false")
        #expect(!forbidden.stderr.contains("no yes"))
        let unset = try arpguard("config", "unset", "telemetry.enabled")
        #expect(unset.stderr.contains(told))
        _ = try arpguard("telemetry", "enable", "--confirm")
        #expect(try arpguard("config", "set", "telemetry.enabled", "true").stderr.isEmpty)
    }

    @Test func `a yes that is forbidden for now is told, and so is that it counts again`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        #expect(try !arpguard("telemetry", "status").stdout.contains("your yes stands"))
        _ = try arpguard("config", "set", "telemetry.enabled", "false")
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("your yes stands; to record:  "), "\(status)")
        let lifted = try arpguard("config", "unset", "telemetry.enabled").stderr
        #expect(lifted.contains("the yes that was said before stands, and counts again"))
        _ = try arpguard("config", "set", "telemetry.enabled", "false")
        let elsewhere = try arpguard(
            "config", "set", "telemetry.enabled", "true", environment: ["DO_NOT_TRACK": "1"])
        let told = "stands, and does not count: DO_NOT_TRACK is set in this environment"
        #expect(elsewhere.stderr.contains(told), "\(elsewhere.stderr)")
        _ = try arpguard("telemetry", "disable")
        _ = try arpguard("config", "set", "telemetry.enabled", "false")
        #expect(try !arpguard("telemetry", "status").stdout.contains("your yes stands"))
    }

    @Test func `a home that can't be made is a failure`() throws {
        try arpguard.folder.write("", to: "own")
        let home = arpguard.home + "/below"
        let result = try arpguard("config", "set", "detection.gateway", "null", "--home", home)
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: the home can't be made: \(home): Not a directory
                arpguard: hint: name another with --home

                """)
    }

    @Test func `a home that is a link is refused`() throws {
        try arpguard.folder.write("{}", to: "real/config.json")
        try #require(unsafe symlink("real", arpguard.home) == 0)
        let result = try arpguard("config", "get")
        #expect(result.status == 2)
        #expect(
            result.stderr == """
                arpguard: error: the home \(arpguard.home) is a link
                arpguard: hint: name the folder it points to with --home

                """)
    }

    @Test func `a file with an unknown key is refused by get and listed by check`() throws {
        try arpguard.folder.write(
            "{\"detection\": {\"gatway\": null, \"gateway\": 7}}", to: "own/config.json")
        let get = try arpguard("config", "get")
        #expect(get.status == 2)
        #expect(get.stdout.isEmpty)
        let check = try arpguard("config", "check")
        #expect(check.status == 1)
        let path = arpguard.home + "/config.json"
        #expect(
            check.stdout == """
                \(path): detection.gatway: no such key
                \(path): detection.gateway is 7, must be a host's IPv4 address, or null

                """)
    }

    @Test func `a faulty file can be mended key by key`() throws {
        try arpguard.folder.write(
            "{\"detection\": {\"gatway\": null, \"gateway\": 7}}", to: "own/config.json")
        let set = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        #expect(set.status == 0)
        #expect(set.stderr.hasPrefix("arpguard: warning: "))
        #expect(set.stderr.contains("detection.gatway: no such key"))
    }

    @Test func `a file that is no JSON is not overwritten`() throws {
        let path = try arpguard.folder.write("{", to: "own/config.json")
        let set = try arpguard("config", "set", "detection.gateway", "192.0.2.1")
        #expect(set.status == 2)
        #expect(set.stderr.hasPrefix("arpguard: error: \(path) is not a configuration: "))
        #expect(try arpguard.folder.read("own/config.json") == Array("{".utf8))
    }

    @Test func `check looks at a named file`() throws {
        let path = try arpguard.folder.write("{\"detection\": {}}", to: "other.json")
        #expect(try arpguard("config", "check", "other.json").stdout == "other.json is fine\n")
        #expect(try arpguard("config", "check", path).status == 0)
        let absent = try arpguard("config", "check", "absent.json")
        #expect(absent.status == 2)
        #expect(
            absent.stderr == """
                arpguard: error: there is no file absent.json
                arpguard: hint: check its name

                """)
    }

    @Test func `the path is printed whether or not the file is there`() throws {
        #expect(try arpguard("config", "path").stdout == arpguard.home + "/config.json\n")
    }
}
