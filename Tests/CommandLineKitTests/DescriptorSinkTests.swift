// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import TestKit
import Testing

@Suite struct DescriptorSinkTests {
    @Test func `all bytes arrive through a full, non-blocking pipe`() throws {
        let ends = try pipe()
        #expect(fcntl(ends.write, F_SETFL, O_NONBLOCK) == 0)
        let bytes = [UInt8](repeating: 7, count: 300_000)
        let reading = OwnThread { readAll(ends.read) }
        try DescriptorSink(ends.write).write(bytes)
        close(ends.write)
        #expect(try reading.value() == bytes)
        close(ends.read)
    }

    @Test func `a pipe without a reader says so`() throws {
        signal(SIGPIPE, SIG_IGN)
        let ends = try pipe()
        close(ends.read)
        #expect(throws: SinkError.readerHasGone) { try DescriptorSink(ends.write).write([1]) }
        close(ends.write)
    }

    @Test func `another error is told in words`() {
        #expect(throws: SinkError.failed(reason: "Bad file descriptor")) {
            try DescriptorSink(-1).write([1])
        }
    }

    @Test func `a pipe is no terminal`() throws {
        let ends = try pipe()
        #expect(DescriptorSink(ends.write).columns == nil)
        close(ends.read)
        close(ends.write)
    }

    private func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }
}

private func readAll(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return all }
        all += chunk[..<count]
    }
}
