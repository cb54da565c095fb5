// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// What a replay says beside its alerts.
@Suite struct ToldReplayTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    /// A station asks once, and so do `count` others after it.
    private func crowd(_ count: Int) -> [UInt8] {
        let asks = Frame.arp(
            .request, sender: ("02:00:00:00:00:00", "10.0.0.0"),
            target: (Frame.unknown, "10.9.9.9"))
        let frames = (0..<count).map { number in
            var frame = asks
            for (place, shift) in [(10, 8), (11, 0), (26, 8), (27, 0), (30, 8), (31, 0)] {
                frame[place] = UInt8(truncatingIfNeeded: number >> shift)
            }
            frame[29] = UInt8(truncatingIfNeeded: number >> 16)
            frame[9] = frame[29]
            frame[25] = frame[29]
            return frame
        }
        return CaptureBytes().classic(frames)
    }

    @Test func `owners that are forgotten for want of room are told`() throws {
        let file = try arpguard.folder.write(crowd(65_636), to: "crowd.pcap")
        let result = try arpguard("replay", "--quiet", file)
        #expect(result.stderr.isEmpty)
        let told = try arpguard("replay", file).stderr
        #expect(
            told.contains(
                "arpguard: warning: 100 owners forgotten for want of room: who takes their "
                    + "addresses is not seen\narpguard: hint: "), "\(told)")
        let few = try arpguard.folder.write(crowd(100), to: "few.pcap")
        #expect(try arpguard("replay", few).stderr.isEmpty)
    }

    @Test(arguments: [
        ("{\"detection\": [", "is not a configuration: ", "; the defaults hold"),
        ("{\"detection\": {\"gateway\": 7}}", "detection.gateway", "; all else in it holds"),
        (String(repeating: " ", count: 1 << 20) + "{}", "File too large", "; the defaults hold"),
    ])
    func `a configuration that does not hold is told, however quiet`(
        text: String, what: String, holds: String
    ) throws {
        try arpguard.folder.write(text, to: "own/config.json")
        for words in [["replay", "--quiet"], ["replay"]] {
            let result = try arpguard(words + [capture])
            #expect(result.status == 1)
            let line = result.stderr.split(separator: "\n").first.map(String.init) ?? ""
            #expect(line.hasPrefix("arpguard: error: ") && line.hasSuffix(holds), "\(line)")
            #expect(line.contains(what))
            #expect(result.stderr.contains("arpguard: hint: "))
        }
    }

    @Test(arguments: [
        ("gzip", [0x1F, 0x8B, 8, 0, 0], "zcat"), ("zstd", [0x28, 0xB5, 0x2F, 0xFD, 4], "zstdcat"),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A], "xzcat"),
        ("bzip2", [0x42, 0x5A, 0x68, 0x39, 0x31], "bzcat"),
    ])
    func `a compressed capture is told how to be read`(
        name: String, bytes: [UInt8], command: String
    ) throws {
        let file = try arpguard.folder.write(bytes, to: "a.pcap")
        let result = try arpguard("replay", file)
        #expect(result.status == 2)
        #expect(result.stderr.contains("is compressed with \(name)\n"))
        #expect(result.stderr.contains("hint: \(command) \(file) | \(arpguard.told) replay -"))
    }

    @Test(arguments: ["an 'odd' name", "x'\u{301};echo no;'\u{301}", "-x"])
    func `a compressed capture of an odd name is told how to be read`(name: String) throws {
        try arpguard.folder.write([0x1F, 0x8B, 8, 0], to: name)
        let told = try arpguard("replay", "--", name).stderr
        let match = told.firstMatch(of: /hint: zcat (.*) \| (.*) replay -/)
        let (_, word, program) = try #require(match, "\(told)").output
        #expect(program == arpguard.told)
        let read = try CommandRunner.run("/bin/sh", ["-c", "printf '%s|' \(word)"])
        #expect(read.stdout == (name.hasPrefix("-") ? "./\(name)|" : "\(name)|"))
    }
}
