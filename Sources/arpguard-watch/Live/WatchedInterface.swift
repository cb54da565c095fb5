// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Modules
import Program

/// One interface under watch: the child that reads it, and the detector that judges it.
final class WatchedInterface {
    /// How a child's story ends.
    enum End {
        /// It was asked to end, and did.
        case asked
        /// It told why.
        case failed(LiveError)
        /// It was ended by something else, or said what no child says.
        case lost(String)
    }

    let name: String
    private let child: RunningChild
    private let socket: LocalSocket
    private var buffer = MessageBuffer()
    private var isStopping = false
    private var failure: LiveError?
    /// Whether its child's story has ended.
    private(set) var hasEnded = false

    /// Replaced when the configuration is read again; see ``judge(with:from:knowing:)``.
    private var detector = Detector()
    /// What detectors before this one have counted.
    private var earlier = DetectionStatistics()
    private(set) var linkType: LinkType?
    private(set) var filter: LiveFilter?
    private(set) var level: SandboxLevel?
    private(set) var hasAsked = false
    private(set) var counts = LiveCounts()
    private var earlierGatewayFinding: Int64?
    /// Frames that said nothing about ARP.
    private(set) var others: UInt64 = 0
    private var frames: UInt64 = 0
    /// What is done with the frames between the question to the gateway and its answer.
    var onPacket: ((ARPPacket) -> Void)?

    /// Starts the child of an interface; it opens the interface and then waits.
    init(_ options: LiveOptions, supervisor: Int32) throws(SystemError) {
        name = options.interface
        let (own, childs) = try LocalSocket.pair()
        socket = own
        let arguments = CaptureChild.arguments(options, supervisor: supervisor)
        child = try ChildProcess("/proc/self/exe", arguments, called: Helper.watch.name)
            .start(
                descriptors: [(childs.number, CaptureChild.socketNumber)], streams: .nothing)
    }

    /// What is readable when the child has something to tell, or has ended.
    var descriptor: Int32 { socket.number }
    /// The child's process number.
    var processNumber: Int32 { child.number }

    /// Lets the child begin, with this question if any.
    func begin(_ question: GatewayQuestion) throws(SystemError) {
        try socket.write(question.bytes)
    }

    /// Asks the child to end; what it has told until then is still taken in.
    func stop() {
        isStopping = true
        socket.finishWriting()
    }

    /// Judges frames by this configuration from now on, `time` on the steady clock. What is known
    /// of owners is kept, and when the gateway was last contested; other matters are told anew, and
    /// an address that was lately disputed is that of whom it was before. The interface's `own`
    /// address is its own, whoever claimed it: the kernel knows that for certain.
    func judge(
        with configuration: DetectorConfiguration, from time: Int64, own: AddressPair?,
        knowing bindings: [KnownBinding] = []
    ) {
        var next = Detector(configuration)
        if let own { next.remember(KnownBinding(pair: own, lastSeen: time)) }
        next.inheritOwners(of: detector, at: time)
        for binding in bindings { next.remember(binding) }
        earlier.add(detector.statistics)
        earlierGatewayFinding = lastGatewayFinding
        detector = next
    }

    /// Goes on without what was known of these addresses.
    func forget(_ addresses: Set<IPv4Address>) { detector.forget(addresses) }

    /// Takes in what the child tells; the frames in it are judged. Returns how the child's story
    /// ends, once it does.
    func receive(_ clock: SteadyClock, onAlert: (Alert) -> Void) -> End? {
        let end = takeIn(clock, onAlert)
        hasEnded = end != nil
        return end
    }

    private func takeIn(_ clock: SteadyClock, _ onAlert: (Alert) -> Void) -> End? {
        var isOpen = false
        do throws(SystemError) {
            isOpen = try buffer.fill { bytes, offset throws(SystemError) in
                try socket.read(into: &bytes, from: offset)
            }
        } catch {
            return .lost("\(error)")
        }
        // All that was read was captured before this moment.
        let now = clock.now
        let isSound = buffer.forEachMessage { take($0, clock, now, onAlert) }
        if !isSound { return .lost("it sent what no capture process sends") }
        return isOpen ? nil : end()
    }

    /// False where a message is none of a child that does its work.
    private func take(
        _ message: ChildMessage, _ clock: SteadyClock, _ now: Int64, _ onAlert: (Alert) -> Void
    ) -> Bool {
        switch message {
        case .opened(let linkType, let filter):
            guard self.linkType == nil else { return false }
            self.linkType = linkType
            self.filter = filter
        case .ready(let level, let hasAsked):
            guard self.level == nil else { return false }
            self.level = level
            self.hasAsked = hasAsked
        case .frame(let record, let time):
            frames += 1
            if let onPacket, let packet = record.packet { onPacket(packet) }
            detector.process(
                record, time: clock.arrival(time, by: now), number: frames, report: onAlert)
        case .counts(let counts, let others):
            guard counts.received >= self.counts.received, counts.dropped >= self.counts.dropped,
                others >= self.others
            else { return false }
            self.counts = counts
            self.others = others
        case .failed(let code, let detail):
            failure = LiveError(code: code, interface: name, detail: detail)
        }
        return true
    }

    private func end() -> End {
        let end = try? child.end(deadlineMilliseconds: ChildProcess.graceMilliseconds)
        if let failure { return .failed(failure) }
        if isStopping { return .asked }
        switch end {
        case .signalled(let number): return .lost("it was killed by signal \(number)")
        case .exited(let status): return .lost("it ended with status \(status)")
        case .overdue, nil: return .lost("it closed its connection")
        }
    }

    /// What was seen so far, frames that say nothing among them.
    var statistics: DetectionStatistics {
        var statistics = earlier
        statistics.add(detector.statistics)
        statistics.frames += others
        statistics.bindings = detector.statistics.bindings
        return statistics
    }

    /// Who has which address, as far as it is settled.
    var settledBindings: [KnownBinding] {
        var bindings: [KnownBinding] = []
        detector.forEachSettledBinding { bindings.append($0) }
        return bindings
    }

    /// When a rule last found something about the gateway, on the steady clock.
    var lastGatewayFinding: Int64? {
        guard let last = detector.lastGatewayFinding else { return earlierGatewayFinding }
        return max(last, earlierGatewayFinding ?? last)
    }

    /// Who has an address, as far as that is settled.
    func owner(of ip: IPv4Address) -> MACAddress? { detector.settledOwner(of: ip) }

    /// Whether several stations claim an address, or one took it and nothing explains that.
    func isContested(_ ip: IPv4Address) -> Bool { detector.isDisputed(ip) }
}

extension DetectionStatistics {
    /// Adds what another detector has counted; bindings are not added up.
    mutating func add(_ other: DetectionStatistics) {
        frames += other.frames
        arpFrames += other.arpFrames
        malformed += other.malformed
        folded += other.folded
        suppressed += other.suppressed
        evicted += other.evicted
        alerts.merge(other.alerts) { $0 + $1 }
    }
}
