// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Synchronization
import TestKit
import Testing

@testable import AlertOutput

struct AlertOutputTests {
    let folder: TemporaryDirectory
    let failures = Failures()

    init() throws { folder = try TemporaryDirectory() }

    private func message(_ gravity: AlertGravity = .high, _ text: String = "one") -> AlertMessage {
        AlertMessage(
            gravity: gravity, summary: "summary \(text)", text: text, rule: "C2",
            eve: "{\"alert\":\"\(text)\"}")
    }

    private func text(of name: String) throws -> String {
        String(decoding: try folder.read(name), as: UTF8.self)
    }

    private func lane(_ sink: any AlertSink, _ least: AlertGravity = .low) -> AlertLane {
        AlertLane(sink, gravityMin: least) { [failures] in failures.add($0) }
    }

    @Test func `the file has an object a line, and goes on where it was moved away`() throws {
        let path = folder.file("eve.json")
        let lane = lane(EVEFile(path: path))
        lane.send(message(.high, "one"))
        lane.send(message(.info, "not grave"))
        #expect(lane.finish(within: 10_000))
        try RealFileSystem().rename(path, to: path + ".1")
        lane.reopen()
        lane.send(message(.low, "two"))
        #expect(lane.finish(within: 10_000))
        #expect(try text(of: "eve.json.1") == "{\"alert\":\"one\"}\n")
        #expect(try text(of: "eve.json") == "{\"alert\":\"two\"}\n")
        #expect(lane.counts.delivered == 2)
    }

    @Test func `a full disk is told once, counted, and ends with the next room`() throws {
        let lane = lane(EVEFile(path: "/dev/full"))
        for _ in 0..<3 { lane.send(message()) }
        #expect(lane.finish(within: 10_000))
        #expect(lane.counts.failed == 3)
        #expect(failures.all == ["eve: /dev/full: No space left on device"])
    }

    @Test func `a line that a full disk cut takes no other with it`() throws {
        let path = try folder.write("{\"alert\":\"on", to: "eve.json")
        let lane = lane(EVEFile(path: path))
        for name in ["two", "three"] { lane.send(message(.high, name)) }
        #expect(lane.finish(within: 10_000))
        #expect(
            try text(of: "eve.json")
                == "{\"alert\":\"on\n{\"alert\":\"two\"}\n{\"alert\":\"three\"}\n")
    }

    @Test func `a way that can't be gone is told before an alert, and once`() throws {
        let nowhere = folder.file("nowhere/x")
        let reason = "\(nowhere): No such file or directory"
        for sink: any AlertSink in [
            EVEFile(path: nowhere), SystemLog(.journal, path: nowhere),
            CommandHook(.init(words: [nowhere])),
        ] {
            let lane = lane(sink)
            lane.probe()
            lane.send(message())
            #expect(lane.finish(within: 10_000))
            #expect(failures.all.filter { $0 == "\(sink.name): \(reason)" }.count == 1)
            #expect(lane.counts.failed == 1)
        }
        #expect(failures.all.count == 3)
    }

    @Test func `a way that is still closed is told each time somebody asks`() throws {
        let lane = lane(EVEFile(path: folder.file("nowhere/x")))
        for _ in 0..<2 {
            lane.probe()
            for _ in 0..<2 { lane.send(message()) }
            lane.reopen()
        }
        #expect(lane.finish(within: 10_000))
        #expect(failures.all.count == 2 && lane.counts.failed == 4)
    }

    @Test func `a way that is free is not gone by a probe`() throws {
        let path = folder.file("eve.json")
        let socket = try DatagramSocket(folder.file("socket"))
        for sink: any AlertSink in [
            EVEFile(path: path), SystemLog(.syslog, path: socket.path),
            CommandHook(.init(words: ["/bin/false"])),
        ] {
            let lane = lane(sink)
            lane.probe()
            #expect(lane.finish(within: 10_000))
        }
        #expect(failures.all.isEmpty)
        #expect(try text(of: "eve.json").isEmpty)
    }

    @Test func `the logs get a datagram each in their own form`() throws {
        for form in SystemLog.Form.allCases {
            let socket = try DatagramSocket(folder.file("socket-\(form.rawValue)"))
            let lane = lane(SystemLog(form, path: socket.path, clock: ManualClock()))
            lane.send(message(.critical))
            #expect(lane.finish(within: 10_000))
            let text = try socket.receive()
            switch form {
            case .syslog:
                #expect(text.hasPrefix("<25>"))
                #expect(text.hasSuffix("arpguard[\(getpid())]: summary one"))
            case .journal:
                #expect(text.contains("PRIORITY=1\n"))
                #expect(text.contains("ARPGUARD_EVE={\"alert\":\"one\"}\n"))
            }
        }
        let missing = lane(SystemLog(.syslog, path: folder.file("nothing")))
        missing.send(message())
        #expect(missing.finish(within: 10_000))
        #expect(missing.counts.failed == 1)
    }

    @Test func `a command reads the alert, and no shell sees a word of it`() throws {
        let out = folder.file("out")
        let hook = CommandHook(.init(words: ["/usr/bin/tee", out, "$(touch \(out)2); x"]))
        let lane = lane(hook)
        lane.send(message(.high, "$(reboot)"))
        #expect(lane.finish(within: 10_000))
        #expect(try text(of: "out") == "{\"alert\":\"$(reboot)\"}\n")
        #expect(try RealFileSystem().status(of: out + "2") == nil)
    }

    @Test func `a command that takes too long is ended, and that is told`() throws {
        let words = ["/usr/bin/tail", "-f", "/dev/null"]
        let lane = lane(CommandHook(.init(words: words, secondsMax: 1)))
        lane.send(message())
        #expect(lane.finish(within: 20_000))
        #expect(failures.all == ["command: /usr/bin/tail was ended after 1 seconds"])
        #expect(lane.counts.failed == 1)
    }

    @Test func `a command may open its standard input by name`() throws {
        let out = folder.file("out")
        let lane = lane(CommandHook(.init(words: ["/bin/sh", "-c", "cat /dev/stdin >\(out)"])))
        lane.send(message())
        #expect(lane.finish(within: 10_000))
        #expect(try text(of: "out") == "{\"alert\":\"one\"}\n")
    }

    /// Waits until a script has written its number, or that of what it started.
    private func number(in name: String) throws -> Int32 {
        let end = Deadline.within(.seconds(20))
        while true {
            let text = (try? text(of: name)) ?? ""
            if text.hasSuffix("\n"), let number = Int32(text.dropLast()) { return number }
            try #require(!end.hasPassed)
        }
    }

    /// Waits until a process has ended; whether somebody has asked how does not matter.
    private func waitForEnd(of number: Int32) throws {
        let end = Deadline.within(.seconds(20))
        while let bytes = try? CommandRunner.run("/bin/cat", ["/proc/\(number)/stat"]),
            bytes.status == 0, !bytes.stdout.contains(") Z ")
        {
            try #require(!end.hasPassed)
        }
    }

    @Test func `what a command has started ends with it when its time is over`() throws {
        let script = "tail -f /dev/null & echo $! >\(folder.file("number")); wait"
        let lane = lane(CommandHook(.init(words: ["/bin/sh", "-c", script], secondsMax: 1)))
        lane.send(message())
        let started = try number(in: "number")
        #expect(lane.finish(within: 20_000))
        #expect(failures.all == ["command: /bin/sh was ended after 1 seconds"])
        try waitForEnd(of: started)
    }

    @Test func `a command that does not want to end does so with the watch`() throws {
        let script = "trap '' TERM; echo $$ >\(folder.file("number")); exec tail -f /dev/null"
        let lane = lane(CommandHook(.init(words: ["/bin/sh", "-c", script], secondsMax: 60)))
        lane.send(message())
        let shell = try number(in: "number")
        #expect(!lane.finish(within: 50))
        try waitForEnd(of: shell)
    }

    @Test func `a command has a rate, and what is over it is counted`() throws {
        let hook = CommandHook(
            .init(words: ["/bin/true"], runsPerMinuteMax: 2), clock: ManualClock())
        let lane = lane(hook)
        for _ in 0..<5 { lane.send(message()) }
        #expect(lane.finish(within: 10_000))
        #expect(lane.counts.delivered == 2)
        #expect(lane.counts.dropped == 3)
    }

    @Test(arguments: [
        (["/bin/false"], "command: /bin/false ended with status 1"),
        (["/nowhere/at/all"], "command: /nowhere/at/all: No such file or directory"),
    ])
    func `a command that fails is told`(words: [String], text: String) {
        let lane = lane(CommandHook(.init(words: words)))
        lane.send(message())
        #expect(lane.finish(within: 10_000))
        #expect(failures.all == [text])
    }

    @Test func `a command that hangs delays nobody, is bounded and ends with the watch`() throws {
        let pipe = folder.file("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let slow = lane(CommandHook(.init(words: ["/bin/cat", pipe], secondsMax: 60)))
        let start = ContinuousClock.now
        for _ in 0..<AlertLane.waitingMax + 50 { slow.send(message()) }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(slow.counts.dropped >= 49)
        #expect(!slow.finish(within: 200))
        #expect(slow.finish(within: 10_000))
    }
}

/// What a lane says of its failures.
final class Failures: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
