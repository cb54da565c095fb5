// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import CommandLineKit
import Glibc
import JSON
import Synchronization
import TestKit
import Testing

@testable import arpguard_watch

/// What becomes of a watch whose output nobody takes, or finds no room.
@Suite(.serialized) struct StuckReaderTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Standard output, or both outputs, lead into a pipe that is full and that nobody reads.
    @Test(arguments: ["", "2>&1"])
    func `a reader that stops reading delays neither other ways nor the end`(
        errors: String
    ) throws {
        if let obstacle = Laboratory.obstacle(Attack.arping.path) {
            try Test.cancel("\(obstacle)")
        }
        let pipe = try StuckPipe(folder.file("pipe"))
        let path = folder.file("eve.json")
        #expect(try arpguard("config", "set", "output.eve_path", path).status == 0)
        let declared = #"{"10.9.0.77": "02:00:00:00:00:77"}"#
        #expect(try arpguard("config", "set", "detection.static_bindings", declared).status == 0)
        let laboratory = try Laboratory(errors.isEmpty ? "so" : "sb")
        let watch = try laboratory.start(
            .watcher, "/bin/sh",
            [
                "-c", "exec \"$1\" --home \"$2\" watch -i eth0 --format json >\"$3\" \(errors)",
                "sh", Executables.path("arpguard"), home, folder.file("pipe"),
            ])
        try waitForStart(watch)
        pipe.fill()
        for (address, rule) in [("10.9.0.1", "\"rule\""), ("10.9.0.77", "\"S1\"")] {
            let attack = try laboratory.start(
                .attacker, Attack.arping.path,
                ["-i", "eth0", "-U", "-P", "-S", address, "-c", "5", address])
            try waitForText(rule, in: path)
            attack.kill()
            // A message to the same pipe, too: a reload is told.
            watch.send(signal: SIGHUP)
        }
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
        let state = try JSONValue.parse(bytes: folder.read("home/watch.json"))
        let outputs = state["outputs"]?.arrayValue ?? []
        let printed = outputs.first { $0["name"] == "stdout" }
        #expect(printed?["delivered"] == 0, "\(state)")
    }

    /// Waits until a file has this text.
    private func waitForText(_ text: String, in path: String) throws {
        let end = Deadline.within(.seconds(20))
        while true {
            let file = try CommandRunner.run("/bin/cat", [path])
            if file.stdout.contains(text) { return }
            try #require(!end.hasPassed)
        }
    }
}

struct PrintedAlertTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func message(_ text: String) -> AlertMessage {
        AlertMessage(
            gravity: .high, summary: text, text: text, rule: "C2", eve: "{\"alert\":\"\(text)\"}")
    }

    @Test func `an alert that finds no room on standard output is a failure, the next is printed`()
        throws
    {
        let number = unsafe open("/dev/full", O_WRONLY)
        try #require(number >= 0)
        defer { close(number) }
        let output = Output(
            to: DescriptorSink(number), format: .json, environment: Environment([:]))
        let told = Mutex<[String]>([])
        let lane = AlertLane(PrintedAlerts(output), gravityMin: .low) { text in
            told.withLock { $0.append(text) }
        }
        for text in ["one", "two"] { lane.send(message(text)) }
        #expect(lane.finish(within: 10_000))
        #expect(lane.counts.failed == 2 && lane.counts.delivered == 0)
        #expect(told.withLock { $0 } == ["stdout: No space left on device"])
        // The same descriptor, on a disk that has room.
        let path = try folder.write("", to: "out")
        let roomy = unsafe open(path, O_WRONLY)
        try #require(dup2(roomy, number) == number)
        close(roomy)
        lane.send(message("three"))
        #expect(lane.finish(within: 10_000))
        #expect(lane.counts.failed == 2 && lane.counts.delivered == 1)
        #expect(
            String(decoding: try folder.read("out"), as: UTF8.self) == "{\"alert\":\"three\"}\n")
    }

    @Test func `what is given up delays nobody`() throws {
        let pipe = try StuckPipe(folder.file("pipe"))
        pipe.fill()
        let number = unsafe open(folder.file("pipe"), O_WRONLY)
        try #require(number >= 0)
        let output = Output(
            to: DescriptorSink(number), format: .json, environment: Environment([:]))
        let lane = AlertLane(PrintedAlerts(output), gravityMin: .low) { _ in }
        lane.send(message("one"))
        #expect(!lane.finish(within: 100))
        #expect(!output.isOpen)
        output.raw("nothing waits for this")
        output.flush()
        pipe.empty()
        #expect(lane.finish(within: 10_000))
        close(number)
    }
}

/// A named pipe that a test holds open, and that can be full.
final class StuckPipe: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        try #require(unsafe mkfifo(path, 0o600) == 0)
        descriptor = unsafe open(path, O_RDWR | O_NONBLOCK)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    /// Fills it up to the last byte.
    func fill() {
        for size in [65_536, 1] {
            let bytes = [UInt8](repeating: UInt8(ascii: " "), count: size)
            while unsafe write(descriptor, bytes, size) > 0 {}
        }
    }

    /// Takes out all that is in it.
    func empty() {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
