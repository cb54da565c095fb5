// SPDX-License-Identifier: Apache-2.0

import Capture
import TestKit
import Testing

/// What a test remembers of a frame.
struct SeenFrame: Equatable {
    var number: UInt64
    var time: Int64
    var bytes: [UInt8]
}

func readAll(_ path: String) throws(CaptureError) -> [SeenFrame] {
    var file = try CaptureFile(path: path)
    var seen: [SeenFrame] = []
    try file.forEachFrame { seen.append(SeenFrame(header: $0, bytes: $1)) }
    return seen
}

extension SeenFrame {
    init(header: FrameHeader, bytes: Span<UInt8>) {
        let copy = bytes.indices.map { bytes[$0] }
        self.init(number: header.number, time: header.time, bytes: copy)
    }
}

struct CaptureFileTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func `classic captures of both byte orders and units are read`(
        isBigEndian: Bool, hasNanoseconds: Bool
    ) throws {
        var form = CaptureBytes()
        form.isBigEndian = isBigEndian
        form.hasNanoseconds = hasNanoseconds
        let bytes = form.header + form.record([1, 2, 3], seconds: 7, fraction: 5, original: 90)
        let path = try folder.write(bytes, to: "a.pcap")

        var file = try CaptureFile(path: path)
        #expect(file.linkType == .ethernet)
        var headers: [FrameHeader] = []
        try file.forEachFrame { header, _ in headers.append(header) }

        let time = 7_000_000_000 + (hasNanoseconds ? 5 : 5_000)
        let expected = FrameHeader(
            number: 1, time: Int64(time), linkType: .ethernet, originalLength: 90)
        #expect(headers == [expected])
    }

    @Test func `frames come with their number, time and bytes`() throws {
        let frames: [[UInt8]] = [[1], [], [2, 3], [UInt8](repeating: 9, count: 1_500)]
        let path = try folder.write(CaptureBytes().classic(frames), to: "a.pcap")
        let seen = try readAll(path)
        #expect(seen.map(\.number) == [1, 2, 3, 4])
        #expect(seen.map(\.time) == [1_000_000_000, 2_000_000_000, 3_000_000_000, 4_000_000_000])
        #expect(seen.map(\.bytes) == frames)
    }

    @Test func `a file far larger than the buffer keeps every byte`() throws {
        let frames = (0..<3_000).map { [UInt8](repeating: UInt8($0 % 251), count: 900 + $0 % 7) }
        let path = try folder.write(CaptureBytes().classic(frames), to: "a.pcap")
        #expect(try readAll(path).map(\.bytes) == frames)
    }

    @Test func `the largest frame is read, and one byte more is refused`() throws {
        let form = CaptureBytes()
        let largest = [UInt8](repeating: 1, count: 262_144)
        let path = try folder.write(form.classic([largest, largest, largest, largest]), to: "a")
        #expect(try readAll(path).map(\.bytes.count) == [262_144, 262_144, 262_144, 262_144])

        let bytes = form.classic([[1, 2]]) + form.record([3], length: 262_145)
        let damaged = try folder.write(bytes, to: "b")
        let error = #expect(throws: CaptureError.self) { try readAll(damaged) }
        #expect(error?.code == .damagedFrame)
        #expect(error?.frame == 2)
    }

    @Test func `pcapng is read, from a file and from a pipe`() throws {
        let frames: [[UInt8]] = [[1, 2, 3], [4, 5, 6, 7]]
        let bytes = CaptureBytes().pcapng(frames)
        let path = try folder.write(bytes, to: "a.pcapng")
        let fromFile = try readAll(path)
        #expect(fromFile.map(\.bytes) == frames)
        #expect(fromFile.map(\.time) == [1_000_000_000, 2_000_000_000])

        let pipe = folder.file("pipe")
        #expect(try CommandRunner.run("/usr/bin/mkfifo", [pipe]).status == 0)
        let writer = try RunningProcess("/bin/sh", ["-c", "cat '\(path)' > '\(pipe)'"])
        #expect(try readAll(pipe) == fromFile)
        _ = try writer.waitForEnd()
    }

    @Test(arguments: [1, 2, 3, 5_000], [false, true])
    func `it is known how many interfaces a file is of, and every frame is read`(
        count: Int, isBigEndian: Bool
    ) throws {
        let frames: [[UInt8]] = [[1, 2, 3], [4, 5, 6, 7]]
        var form = CaptureBytes()
        form.isBigEndian = isBigEndian
        let path = try folder.write(form.pcapng(frames, interfaces: count), to: "a.pcapng")
        // No more than the first 64 KiB are looked at.
        #expect(try CaptureFile(path: path).interfaceCount == min(count, 3_276))
        #expect(try readAll(path).map(\.bytes) == frames)
        let classic = try folder.write(form.classic(frames), to: "a.pcap")
        #expect(try CaptureFile(path: classic).interfaceCount == 1)
    }

    @Test func `a laboratory capture is read to its end`() throws {
        let path = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        let seen = try readAll(path)
        #expect(seen.count == 660)
        #expect(seen.last?.number == 660)
        #expect(seen.first?.bytes.count == 42)
    }
}
