// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Glibc
import Modules
import Program

/// The process that reads one interface: opens it, gives everything up, then decodes frames and
/// hands records to its supervisor until that closes the socket.
struct CaptureChild: ~Copyable {
    /// The first word of its command line.
    static let word = Helper.captureWord
    /// The descriptor on which the supervisor is reached.
    static let socketNumber: Int32 = 3
    /// Records wait for a write until this many frames were read, or no frame waits.
    private static let batchFrames = 256
    /// How often counts are told, at most, in milliseconds.
    private static let countsMilliseconds: Int64 = 500

    private let socket: LocalSocket
    private var capture: LiveCapture
    private let interface: String
    private let format: FrameFormat
    private var batch: [UInt8] = []
    private var others: UInt64 = 0
    private var toldCounts = LiveCounts()
    private var toldAt: Int64 = 0

    /// What follows ``word`` on the command line: options, and the supervisor's process number.
    static func arguments(_ options: LiveOptions, supervisor: Int32) -> [String] {
        [
            word, options.interface, String(options.ringMiB), options.isPromiscuous ? "1" : "0",
            String(supervisor),
        ]
    }

    /// Does the child's work and ends the process, if it was started for that.
    static func runIfAsked(_ words: [String]) {
        guard words.count == 5, words[0] == word, let ring = Int(words[2]),
            LiveOptions.ringMiBBounds.contains(ring), let supervisor = Int32(words[4]),
            (try? Privileges.dieWith(parent: supervisor)) != nil
        else { return }
        // The kernel calls it by the link through which it was started, exe.
        ChildProcess.nameThisProcess(Helper.watch.name)
        // A terminal and systemd send these to all processes of a watch: it is the supervisor that
        // ends, and tells this one. Where they can't be blocked they end it, which is told too.
        _ = try? SignalDescriptor(reloads: true)
        let options = LiveOptions(
            interface: words[1], ringMiB: ring, isPromiscuous: words[3] == "1")
        exit(run(options, LocalSocket(inherited: socketNumber)))
    }

    /// The status with which the process ends.
    private static func run(_ options: LiveOptions, _ socket: LocalSocket) -> Int32 {
        do throws(LiveError) {
            var child = try CaptureChild(options, socket)
            do throws(SystemError) {
                try child.begin()
                try child.loop()
                return 0
            } catch {
                // The supervisor has gone, and nobody is left to be told.
                return 2
            }
        } catch {
            var bytes: [UInt8] = []
            ChildMessage.failed(error.code, detail: error.detail).append(to: &bytes)
            try? socket.write(bytes)
            return 2
        }
    }

    private init(_ options: LiveOptions, _ socket: LocalSocket) throws(LiveError) {
        let capture = try LiveCapture(options)
        interface = options.interface
        format = capture.linkType.frameFormat
        self.capture = capture
        self.socket = socket
    }

    /// Hears whether to ask for the gateway, asks, and shuts the process in.
    private mutating func begin() throws(SystemError) {
        ChildMessage.opened(capture.linkType, capture.filter).append(to: &batch)
        try flush()
        var order = [UInt8](repeating: 0, count: GatewayQuestion.byteCount)
        let count = try socket.read(into: &order)
        if count == 0 { exit(0) }
        let question = GatewayQuestion(order.span.extracting(0..<count))
        let time = SystemClock().now().nanoseconds
        let own = NetworkInterface.all().ownPair(of: interface)
        let frame = own.flatMap { question.frame(by: $0) }
        let hasAsked = frame.map { capture.send($0) } ?? false
        let level = Sandbox.enter(
            frames: capture.descriptor, writable: [socket.number])
        ChildMessage.ready(level, hasAsked: hasAsked).append(to: &batch)
        // No socket hears what it sends; an answer to a question that nobody heard looks forged.
        if hasAsked, let frame, let record = FrameRecord(frame.span, format: .ethernet) {
            ChildMessage.frame(record, time: time).append(to: &batch)
        }
        try flush()
    }

    /// Reads frames until the supervisor wants no more.
    private mutating func loop() throws(SystemError) {
        while true {
            var isBusy = true
            do throws(LiveError) {
                isBusy = try takeSome()
            } catch {
                tellCounts()
                ChildMessage.failed(error.code, detail: error.detail).append(to: &batch)
                return try flush()
            }
            tellCountsIfDue()
            try flush()
            let ready = try Poll.readable(
                [capture.descriptor, socket.number],
                withinMilliseconds: isBusy ? 0 : Self.countsMilliseconds)
            if ready[1] {
                tellCounts()
                return try flush()
            }
        }
    }

    /// Decodes what waits, up to a batch; whether there is perhaps more.
    private mutating func takeSome() throws(LiveError) -> Bool {
        for _ in 0..<Self.batchFrames where try !take() { return false }
        return true
    }

    /// Decodes the next frame; false when none waits.
    private mutating func take() throws(LiveError) -> Bool {
        let format = format
        var record: FrameRecord?
        var time: Int64 = 0
        let isThere = try capture.next { header, bytes in
            record = FrameRecord(bytes, format: format)
            time = header.time
        }
        if let record {
            ChildMessage.frame(record, time: time).append(to: &batch)
        } else if isThere {
            others += 1
        }
        return isThere
    }

    private mutating func tellCountsIfDue() {
        let now = SystemClock().uptimeNanoseconds() / 1_000_000
        guard now - toldAt >= Self.countsMilliseconds else { return }
        toldAt = now
        tellCounts()
    }

    private mutating func tellCounts() {
        let counts = capture.currentCounts()
        guard counts != toldCounts else { return }
        toldCounts = counts
        ChildMessage.counts(counts, others: others).append(to: &batch)
    }

    private mutating func flush() throws(SystemError) {
        guard !batch.isEmpty else { return }
        try socket.write(batch)
        batch.removeAll(keepingCapacity: true)
    }
}
