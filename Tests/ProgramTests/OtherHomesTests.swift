// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

@testable import Program

@Suite struct OtherHomesTests {
    private let own = Home(path: "/srv/anna/.arpguard", reason: .user, userFolder: "/srv/anna")

    @Test(
        arguments: [
            (1000, ["/usr/libexec/arpguard-watch", "--service"], "/var/lib/arpguard"),
            (1000, ["arpguard-watch", "watch", "--home", "/srv/x"], "/srv/x"),
            (0, ["arpguard-watch", "--home=/srv/y", "watch"], "/srv/y"),
            (1000, ["arpguard-watch", "watch"], nil),
            (1000, ["arpguard-watch", "--home", "/srv/anna/.arpguard"], nil),
            (1000, ["arpguard-watch", "--home"], nil),
        ] as [(UInt32, [String], String?)])
    func `a program with another home is told`(
        owner: UInt32, arguments: [String], home: String?
    ) {
        for environment in [nil, [:]] as [[String: String]?] {
            let process = ProcessTable.Entry(
                pid: 7, owner: owner, arguments: arguments, environment: environment)
            let users = OtherHomes(than: own, among: [process]).users
            #expect(users.map(\.home) == [home].compactMap { $0 })
        }
    }

    @Test(
        arguments: [
            ("/b", "/b"), ("/an arpguard status x", "'/an arpguard status x'"),
            (Home.servicePath, "\(Home.servicePath): sudo arpguard --service status"),
        ])
    func `no command is seen in the name of another watch's home`(
        path: String, told: String
    ) throws {
        let process = ProcessTable.Entry(
            pid: 7, owner: 1000, arguments: ["arpguard-watch", "watch", "--home", path])
        let lines = OtherHomes(than: own, among: [process]).users.map(\.watchLine)
        #expect(lines == ["process 7 watches with another home, \(told)"])
        let flagged = try HomeRules(
            flag: "/c", userID: 1000, userFolder: nil, workingFolder: "/"
        ).home()
        #expect(lines.map(flagged.addressing) == lines)
    }

    @Test func `of a program of root's whose environment can't be read no home is told`() {
        var process = ProcessTable.Entry(
            pid: 7, owner: 0, arguments: ["arpguard-watch", "watch"], environment: [:])
        let seen = OtherHomes(than: own, among: [process])
        #expect(seen.warnings == ["process 7 runs with another home: /var/lib/arpguard"])
        process = ProcessTable.Entry(pid: 7, owner: 0, arguments: process.arguments)
        let service = Home(path: Home.servicePath, reason: .flag, userFolder: nil)
        for own in [own, service] {
            let unseen = OtherHomes(than: own, among: [process])
            #expect(unseen.users.map(\.isHomeSeen) == [false])
            #expect(
                unseen.warnings == ["process 7 runs with a home that can't be seen from here"])
            #expect(unseen.json == [["pid": 7, "home": .null]])
        }
    }

    @Test(
        arguments: [
            (0, "/srv/anna/.arpguard", nil), (0, "/srv/z", "/srv/z"),
            (0, "", "/var/lib/arpguard"), (1000, "/srv/z", "/srv/z"), (1000, "", nil),
        ] as [(UInt32, String, String?)])
    func `a program whose environment names its home is told by that`(
        owner: UInt32, variable: String, home: String?
    ) {
        let process = ProcessTable.Entry(
            pid: 7, owner: owner, arguments: ["arpguard-watch", "watch"],
            environment: ["ARPGUARD_HOME": variable, "HOME": "/srv"])
        let users = OtherHomes(than: own, among: [process]).users
        #expect(users.map(\.home) == [home].compactMap { $0 })
    }

    @Test(
        arguments: [
            ("/srv/anna/.arpguard/", nil, nil), (".arpguard", "/srv/anna", nil),
            ("anna/.arpguard//", "/srv/", nil), (".arpguard", "/srv/bob", "/srv/bob/.arpguard"),
            (".arpguard", nil, nil), ("/srv/z/", nil, "/srv/z"),
        ] as [(String, String?, String?)])
    func `a home is the same however it is written`(
        written: String, workingFolder: String?, home: String?
    ) {
        let entries = [
            ProcessTable.Entry(
                pid: 7, owner: 0, arguments: ["arpguard-watch", "watch", "--home", written],
                workingFolder: workingFolder),
            ProcessTable.Entry(
                pid: 7, owner: 0, arguments: ["arpguard-watch", "watch"],
                environment: ["ARPGUARD_HOME": written], workingFolder: workingFolder),
        ]
        for entry in entries {
            let users = OtherHomes(than: own, among: [entry]).users
            #expect(users.map(\.home) == [home].compactMap { $0 }, "\(entry)")
        }
    }

    @Test func `a home that is reached by another path is the same`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("x", to: "own/x")
        let own = Home(path: folder.file("own"), reason: .flag, userFolder: nil)
        let process = ProcessTable.Entry(
            pid: 7, owner: 0, arguments: ["arpguard-watch", "--home", "./own/../own/.", "watch"],
            workingFolder: folder.path)
        #expect(OtherHomes(than: own, among: [process]).users.isEmpty)
    }

    @Test func `who captures for a watch has no home of its own`() {
        let process = ProcessTable.Entry(
            pid: 7, owner: 0, arguments: ["arpguard-watch", "capture-child", "watch", "32", "1"])
        #expect(OtherHomes(than: own, among: [process]).users.isEmpty)
    }

    @Test func `the service's flag comes before the environment`() {
        let process = ProcessTable.Entry(
            pid: 7, owner: 1000, arguments: ["arpguard-watch", "--service", "watch"],
            environment: ["ARPGUARD_HOME": "/srv/z"])
        let users = OtherHomes(than: own, among: [process]).users
        #expect(users.map(\.home) == ["/var/lib/arpguard"])
    }

    @Test func `a running program is found by its file's name, and what it holds open`() throws {
        let folder = try TemporaryDirectory()
        try folder.write([UInt8](), to: "held")
        let process = try RunningProcess(
            "/bin/sh",
            ["-c", "exec 3<\"$1\"; echo ready; exec tail -f /dev/null", "sh", folder.file("held")])
        _ = try process.waitForLine(containing: "ready")
        #expect(ProcessTable.holding([folder.file("held")]) == [process.pid])
        // The shell says that it is ready before it becomes the other program.
        var found: ProcessTable.Entry?
        while found == nil {
            found = ProcessTable.running(["tail"]).first { $0.pid == process.pid }
        }
        let tail = try #require(found)
        #expect(tail.arguments.prefix(3) == ["tail", "-f", "/dev/null"])
        #expect(tail.owner == geteuid())
        #expect(tail.environment?["PATH"] != nil)
        #expect(tail.workingFolder?.hasPrefix("/") == true)
    }
}
