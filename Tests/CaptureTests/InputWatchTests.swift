// SPDX-License-Identifier: Apache-2.0

import Capture
import Glibc
import TestKit
import Testing

/// A capture of which the reading is asked to end.
@Suite struct InputWatchTests {
    private let frames: [[UInt8]] = [[1], [2, 3], [4, 5, 6]]

    /// Both ends of a pipe.
    private final class Pipe {
        let reader: Int32
        private(set) var writer: Int32

        init(holding bytes: [UInt8]) throws {
            var ends: [Int32] = [-1, -1]
            try #require(unsafe pipe(&ends) == 0)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reader, writer) = (ends[0], ends[1])
            try #require(unsafe write(writer, bytes, bytes.count) == bytes.count)
        }

        func closeWriter() {
            close(writer)
            writer = -1
        }

        deinit {
            close(reader)
            if writer >= 0 { close(writer) }
        }
    }

    @Test(arguments: ["classic", "pcapng"], [true, false])
    func `what lies in a stream is read to its end, or until no more comes for a moment`(
        form: String, hasEnded: Bool
    ) throws {
        let stop = try Pipe(holding: [1])
        let stream = try Pipe(
            holding: form == "classic"
                ? CaptureBytes().classic(frames) : CaptureBytes().pcapng(frames))
        if hasEnded { stream.closeWriter() }
        let watch = InputWatch(stop: stop.reader)
        var file = try CaptureFile(path: "/dev/fd/\(stream.reader)", watch: watch)
        var count = 0
        try file.forEachFrame { _, _ in count += 1 }
        #expect(count == frames.count)
        #expect(watch.isStopped)
        #expect(watch.isCut == !hasEnded)
        #expect(watch.isStream)
    }

    @Test func `a stream is read no further where nobody wants to wait for more`() throws {
        let stream = try Pipe(holding: CaptureBytes().classic(frames))
        let watch = InputWatch { false }
        var file = try CaptureFile(path: "/dev/fd/\(stream.reader)", watch: watch)
        var count = 0
        try file.forEachFrame { _, _ in count += 1 }
        #expect(count == frames.count)
        #expect(watch.isStopped && watch.isCut && watch.isStream)
    }

    @Test func `a file is read no further`() throws {
        let stop = try Pipe(holding: [1])
        let folder = try TemporaryDirectory()
        let path = try folder.write(CaptureBytes().classic(frames), to: "a.pcap")
        let watch = InputWatch(stop: stop.reader)
        #expect(throws: CaptureError.self) { _ = try CaptureFile(path: path, watch: watch) }
        #expect(watch.isStopped && watch.isCut && !watch.isStream)
    }

    @Test func `a pipe that nobody writes to does not hold up who is to end`() throws {
        let stop = try Pipe(holding: [1])
        let folder = try TemporaryDirectory()
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let watch = InputWatch(stop: stop.reader)
        #expect(throws: CaptureError.self) { _ = try CaptureFile(path: path, watch: watch) }
        #expect(watch.isCut && watch.isStream)
    }
}
