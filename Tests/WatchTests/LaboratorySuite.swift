// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

/// Tests of a watch in a network of its own. Each suite of them is one after the other: two such
/// networks at once are what two processors have room for.
protocol LaboratorySuite {
    /// Holds the home.
    var folder: TemporaryDirectory { get }
}

extension LaboratorySuite {
    var home: String { folder.file("home") }

    func arpguard(_ words: String...) throws -> CommandResult {
        try CommandRunner.run(Executables.path("arpguard"), ["--home", home] + words)
    }

    func watch(_ laboratory: Laboratory, _ words: [String] = []) throws -> RunningProcess {
        let process = try laboratory.start(
            .watcher, Executables.path("arpguard"),
            ["--home", home, "watch", "-i", "eth0", "--format", "json"] + words)
        return process
    }

    /// Waits until the watch knows the gateway: what it tells of an attack depends on that.
    func waitForStart(_ watch: RunningProcess) throws {
        let end = Deadline.within(.seconds(20))
        while true {
            let status = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
            let state = status["watch"]
            let interface = state?["interfaces"]?.arrayValue?.first
            if state?["pid"]?.integerValue == Int64(watch.pid),
                interface?["gateway_mac"]?.stringValue != nil
            {
                return
            }
            try #require(!end.hasPassed)
        }
    }

    /// Seconds since 1970, with nanoseconds.
    func nanoseconds() throws -> Double {
        var time = timespec()
        try #require(unsafe clock_gettime(CLOCK_REALTIME, &time) == 0)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The same of a text such as `2026-11-24T19:24:24.378977+0000`.
    func seconds(of text: String) throws -> Double {
        let day = try #require(Day(String(text.prefix(10))))
        let parts = text.dropFirst(11).prefix { $0 != "+" }.split(separator: ":")
            .compactMap { Double($0) }
        try #require(parts.count == 3)
        let start = Double(day.start.nanoseconds / 1_000_000_000)
        return start + parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
}
