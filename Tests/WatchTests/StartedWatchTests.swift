// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Where a watch begins, as whom, and what it takes over when it is told to read again.
@Suite(.serialized) struct StartedWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Ends a watch, and gives back what it said.
    private func stop(_ watch: RunningProcess) throws -> CommandResult {
        watch.send(signal: SIGTERM)
        return try watch.waitForEnd()
    }

    @Test func `without a name the default route's interface is watched, and told in words`() throws
    {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("de")
        let watch = try laboratory.start(
            .watcher, Executables.path("arpguard"), ["--home", home, "watch"])
        _ = try watch.waitForErrorLine(containing: "the default route goes through eth0")
        try waitForStart(watch)
        let result = try stop(watch)
        #expect(result.status == 0)
        let words = result.stdout.split(separator: "\n").last?.split(separator: " ") ?? []
        #expect(words.count > 2 && words[1] == "frames," && words.suffix(2) == ["no", "alerts"])

        try Laboratory.run("-n", laboratory.space(.watcher), "route", "del", "default")
        let lost = try laboratory.start(
            .watcher, Executables.path("arpguard"), ["--home", home, "watch"]
        ).waitForEnd()
        #expect(lost.status == 2)
        #expect(lost.stderr.contains("there is no default route"), "\(lost.stderr)")
        #expect(lost.stderr.contains("arpguard --home '\(home)' watch -i eth0"))
    }

    @Test func `a home has one watch at a time, and the second says which runs`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("on")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let second = try self.watch(laboratory).waitForEnd()
        #expect(second.status == 2)
        let told = "another watch runs in the home \(home) (process \(watch.pid))"
        #expect(second.stderr.contains(told), "\(second.stderr)")
        #expect(try stop(watch).status == 0)
    }

    @Test func `bindings that damage has reached are set aside, told, and learnt anew`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("bi")
        #expect(try arpguard("config", "set", "watch.passive", "false").status == 0)
        try folder.write(String(repeating: "no database", count: 999), to: "home/bindings.sqlite")
        let watch = try watch(laboratory)
        _ = try watch.waitForErrorLine(containing: "the known bindings were damaged")
        try waitForStart(watch)
        #expect(try stop(watch).status == 0)
        #expect(try arpguard("bindings").stdout.contains("02:00:00:00:09:01"))
        let aside = try folder.contents().filter {
            $0.hasPrefix("home/bindings") && $0.contains("damaged")
        }
        #expect(aside.count == 1)
    }

    @Test func `root's watch in somebody's home becomes that person, and what it keeps is theirs`()
        throws
    {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("config", "set", "watch.passive", "false").status == 0)
        try #require(unsafe chmod(folder.path, 0o711) == 0)
        for name in ["home", "home/config.json"] {
            try #require(unsafe chown(folder.file(name), 12_345, 12_346) == 0)
        }
        let laboratory = try Laboratory("so")
        let watch = try watch(laboratory)
        _ = try watch.waitForErrorLine(containing: "gateway 10.9.0.1 is ")
        let ids = try CommandRunner.run(
            "/bin/ps", ["-o", "uid=,gid=", "-p", "\(watch.pid)"]
        ).stdout.split(separator: " ").map { $0.filter(\.isNumber) }
        #expect(ids == ["12345", "12346"])
        #expect(try stop(watch).status == 0)
        let kept = try CommandRunner.run("/usr/bin/find", [home, "!", "-user", "12345"])
        #expect(kept.status == 0 && kept.stdout.isEmpty, "\(kept.stdout)")
        #expect(try folder.contents().contains("home/bindings.sqlite"))
    }

    @Test func `a new way for alerts holds once the configuration is read again`() throws {
        let needed = Attack.arping.path
        if let obstacle = Laboratory.obstacle(needed) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("ne")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let path = folder.file("eve.json")
        #expect(try arpguard("config", "set", "output.eve_path", path).status == 0)
        #expect(try arpguard("config", "set", "watch.ring_mib", "8").status == 0)
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        let attack = try laboratory.start(.attacker, needed, Attack.arping.words)
        let line = try watch.waitForLine(containing: "\"alert\"")
        attack.kill()
        let result = try stop(watch)
        #expect(result.status == 1)
        #expect(result.stderr.contains("what the section watch says holds from the next start on"))
        let kept = String(decoding: try folder.read("eve.json"), as: UTF8.self)
        #expect(kept.hasPrefix(line + "\n"), "\(kept)")
    }
}
