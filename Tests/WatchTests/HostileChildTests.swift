// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// What somebody who has taken over a capture process gains, and what ends it.
@Suite(.serialized) struct HostileChildTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func child(of watch: RunningProcess) throws -> Int32 {
        let pgrep = try CommandRunner.run("/usr/bin/pgrep", ["-P", String(watch.pid)])
        return try #require(Int32(pgrep.stdout.split(separator: "\n").first ?? ""))
    }

    /// Says something to the supervisor with a child's own voice: its socket, by pidfd_getfd(2).
    private func say(_ messages: [[UInt8]], as child: Int32) throws {
        let script = """
            import ctypes, os, sys
            libc = ctypes.CDLL(None, use_errno=True)
            socket = libc.syscall(438, os.pidfd_open(int(sys.argv[1])), 3, 0)
            assert socket >= 0, ctypes.get_errno()
            os.write(socket, bytes.fromhex(sys.argv[2]))
            """
        let hex = messages.joined().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        let said = try CommandRunner.run("/usr/bin/python3", ["-c", script, String(child), hex])
        try #require(said.status == 0, "\(said.stderr)")
    }

    /// Counts of frames, dropped ones and others: length, kind 4, three numbers.
    private func counts(_ numbers: [UInt64]) -> [UInt8] {
        [0, 25, 4]
            + numbers.flatMap { number in
                (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
            }
    }

    @Test func `a child that lies about its counts ends the watch with a message`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("li")
        for lies in [
            [counts([0, 0, .max])], [counts([9, 9, 9]), counts([9, 8, 9])],
            [counts([.max, .max, 0]), counts([.max, .max, 0])],
        ] {
            let watch = try watch(laboratory)
            try waitForStart(watch)
            let child = try child(of: watch)
            try #require(kill(child, SIGSTOP) == 0)
            try say(lies, as: child)
            let told = try watch.waitForErrorLine(containing: "is gone")
            #expect(told.contains("it sent what no capture process sends"))
            _ = kill(child, SIGCONT)
            let result = try watch.waitForEnd()
            #expect(result.status == 2 && result.signal == nil, "\(result.stderr)")
        }
    }

    @Test func `a child has nothing of the terminal, and no signal of it ends a child`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("tk")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let child = try child(of: watch)
        for number in 0...2 {
            let link = try CommandRunner.run("/bin/readlink", ["/proc/\(child)/fd/\(number)"])
            #expect(link.stdout == "/dev/null\n")
        }
        for signal in [SIGINT, SIGTERM, SIGHUP] { try #require(kill(child, signal) == 0) }
        try #require(kill(pid_t(watch.pid), SIGTERM) == 0)
        let result = try watch.waitForEnd()
        #expect(result.status == 0, "\(result.stderr)")
        #expect(!result.stderr.contains("is gone"))
    }

    @Test func `a child has the program's name, and nothing that somebody left open`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("fd")
        let secret = try folder.write("secret", to: "secret")
        let watch = try laboratory.start(
            .watcher, "/bin/sh",
            [
                "-c", "exec 7<\"$0\"; exec \"$@\"", secret, Executables.path("arpguard"), "--home",
                home, "watch", "-i", "eth0",
            ])
        try waitForStart(watch)
        #expect(watch.target(ofDescriptor: 7) == secret)
        let child = try child(of: watch)
        let open = try CommandRunner.run("/bin/ls", ["/proc/\(child)/fd"]).stdout
        #expect(open.split(separator: "\n").prefix(4) == ["0", "1", "2", "3"])
        #expect(!open.split(separator: "\n").contains("7"), "\(open)")
        let names = try CommandRunner.run("/bin/ps", ["-o", "comm=,args=", "-p", "\(child)"])
        #expect(
            names.stdout.split(separator: " ").prefix(3) == [
                "arpguard-watch", "arpguard-watch", "capture-child",
            ], "\(names.stdout)")
        let told = try arpguard("telemetry", "status")
        #expect(!told.stderr.contains("process \(child) "), "\(told.stderr)")
    }

    @Test func `a contested gateway holds uploads up, also after a reload and for a timer`() throws
    {
        if let obstacle = Laboratory.obstacle(Attack.arping.path) {
            try Test.cancel("\(obstacle)")
        }
        let laboratory = try Laboratory("co")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        func upload() throws -> String {
            try CommandRunner.run(
                Executables.path("arpguard-upload"), ["--home", home, "--if-due"]
            ).stderr
        }
        #expect(try !upload().contains("contested"))
        let attack = try laboratory.start(.attacker, Attack.arping.path, Attack.arping.words)
        _ = try watch.waitForLine(containing: "\"alert\"")
        attack.kill()
        try waitForContest()
        #expect(try upload().contains("nothing is sent now: a watch of this home saw that the"))
        #expect(try arpguard("config", "set", "detection.trusted", "[]").status == 0)
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
        let state = try JSONValue.parse(bytes: folder.read("home/watch.json"))
        #expect(state["gateway_contested_until_ns"]?.integerValue ?? 0 > 0, "\(state)")
        #expect(try upload().contains("nothing is sent now"))
    }

    /// Waits until the status calls the gateway contested; the attacker is never shown as it.
    private func waitForContest() throws {
        let end = Deadline.within(.seconds(20))
        while true {
            let watch = try JSONValue.parse(arpguard("--format", "json", "status").stdout)["watch"]
            let interface = watch?["interfaces"]?.arrayValue?.first
            #expect(interface?["gateway_mac"] != "02:00:00:00:09:03")
            if interface?["gateway_contested"] == true,
                watch?["gateway_contested_until_ns"]?.integerValue != nil
            {
                let status = try arpguard("status").stdout
                let row = status.split(separator: "\n").first { $0.hasPrefix("eth0") } ?? ""
                #expect(row.contains("contested") && !row.contains("02:00:00:00:09:03"))
                return
            }
            try #require(!end.hasPassed)
        }
    }
}
