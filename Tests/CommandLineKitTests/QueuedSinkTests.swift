// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import TestKit
import Testing

@Suite struct QueuedSinkTests {
    @Test func `messages arrive in their order`() {
        let sink = MemorySink()
        let (diagnostics, queue) = Diagnostics(
            program: "test", to: sink, environment: Environment([:])
        ).queued()
        for number in 1...100 { diagnostics.notice("\(number)") }
        #expect(queue.finish(within: 10_000))
        #expect(sink.text == (1...100).map { "test: \($0)\n" }.joined())
    }

    @Test func `a reader that takes nothing delays nobody, and learns how much it missed`() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let (diagnostics, queue) = Diagnostics(
            program: "test", to: DescriptorSink(ends[1]), environment: Environment([:])
        ).queued()
        let text = String(repeating: "x", count: 1_000)
        for _ in 0..<1_000 { diagnostics.notice(text) }
        #expect(!queue.finish(within: 50))
        let reading = OwnThread { [read = ends[0]] in readLines(of: read) }
        #expect(queue.finish(within: 30_000))
        close(ends[1])
        let lines = try reading.value()
        close(ends[0])
        let whole = lines.count { $0 == "test: \(text)" }
        let gaps = lines.filter { $0.hasSuffix(" messages found no room here") }
        let missed = gaps.reduce(0) { sum, line in
            sum + (Int(line.dropFirst("test: ".count).prefix { $0 != " " }) ?? 0)
        }
        let (all, told) = (lines.count, whole + gaps.count)
        #expect(missed > 0 && whole + missed == 1_000 && all == told)
    }
}

private func readLines(of descriptor: Int32) -> [String] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        guard count > 0 else { break }
        all += chunk[..<count]
    }
    return String(decoding: all, as: UTF8.self).split(separator: "\n").map(String.init)
}
