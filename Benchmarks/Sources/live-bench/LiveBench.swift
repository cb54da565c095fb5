// SPDX-License-Identifier: Apache-2.0

import CLive
import Figures
import Glibc

/// usage: live-bench table|json SENDING RECEIVING HOME ARPGUARD-WATCH
///
/// Sends ARP frames out of one interface, watches the other end of the cable, and tells what the
/// watch judged and what the kernel had no room for; beside an empty libpcap loop that reads the
/// same. Of several runs the worst is told. Both interfaces are to be free of other traffic:
/// `Scripts/bench` makes them.
@main
enum LiveBench {
    private static let rate: UInt32 = 200_000
    private static let milliseconds: UInt32 = 5_000
    private static let rounds = 3

    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "count" {
            exit(unsafe clive_count(arguments[2], 32))
        }
        guard arguments.count == 6, ["table", "json"].contains(arguments[1]) else { exit(64) }
        let (from, to) = (arguments[2], arguments[3])
        let watch = [
            arguments[5], "--home", arguments[4], "watch", "-i", to, "--format", "json",
        ]
        let floor = [arguments[0], "count", to]
        let pairs = (0..<rounds).map { _ in
            (
                subject: Run(watch, ready: "telemetry is", from),
                floor: Run(floor, ready: "reading", from)
            )
        }
        guard pairs.allSatisfy({ $0.subject.isSound && $0.floor.isSound }) else {
            say("live-bench: error: a run failed", to: 2)
            exit(2)
        }
        let subject = pairs.map(\.subject).min { $0.kept < $1.kept } ?? pairs[0].subject
        let other = pairs.map(\.floor).min { $0.kept < $1.kept } ?? pairs[0].floor
        for figure in [
            Figure(
                name: "live", value: subject.judgedPerSecond, unit: "frames/s",
                floor: subject.sentPerSecond),
            Figure(
                name: "live.dropped", value: Double(subject.dropped), unit: "frames",
                floor: Double(other.dropped)),
            Figure(
                name: "live.processor", value: subject.nanosecondsPerFrame, unit: "ns",
                floor: other.nanosecondsPerFrame),
        ] { figure.show(as: arguments[1]) }
    }

    /// One run of a program that reads while frames are sent.
    struct Run {
        private(set) var sent: Int64 = 0
        private(set) var judged: Int64 = 0
        private(set) var dropped: Int64 = 0
        private var nanoseconds: Int64 = 1
        private var processor: Int64 = 0
        private(set) var isSound = false

        init(_ arguments: [String], ready: String, _ interface: String) {
            var program = clive_program()
            var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
            defer { unsafe words.forEach { unsafe free($0) } }
            guard unsafe clive_start(arguments[0], &words, &program) == 0,
                LiveBench.read(program.errors, until: ready).contains(ready)
            else { return }
            sent = unsafe clive_send(
                interface, LiveBench.rate, LiveBench.milliseconds, &nanoseconds)
            let status = unsafe clive_stop(&program, &processor)
            let output = LiveBench.read(program.output, until: nil)
            close(program.output)
            close(program.errors)
            guard sent > 0, status == 0 || status == 1,
                let judged = LiveBench.number("frames", in: output),
                let dropped = LiveBench.number("dropped", in: output)
            else { return }
            (self.judged, self.dropped, isSound) = (judged, dropped, true)
        }

        var kept: Double { Double(judged) / Double(max(1, sent)) }
        var sentPerSecond: Double { Double(sent) * 1e9 / Double(nanoseconds) }
        var judgedPerSecond: Double { sentPerSecond * kept }
        var nanosecondsPerFrame: Double { Double(processor) / Double(max(1, judged)) }
    }

    /// What a descriptor gives until it says `text`, or its end.
    static func read(_ descriptor: Int32, until text: String?) -> String {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += bytes[..<count]
            let so = String(decoding: all, as: UTF8.self)
            if let text, so.contains(text) { return so }
        }
    }

    /// The last number of this name in lines of JSON.
    static func number(_ name: String, in text: String) -> Int64? {
        let parts = text.split(separator: "\"\(name)\":")
        guard parts.count > 1, let last = parts.last else { return nil }
        return Int64(last.prefix { $0.isNumber })
    }
}
