// SPDX-License-Identifier: Apache-2.0

/// Finds forged ARP in a sequence of frames.
///
/// It reads no clock and nothing else from outside: the same frames with the same times give the
/// same alerts. Memory is bounded by ``DetectionLimits`` whatever the frames are; it is not copied.
public struct Detector: ~Copyable, Sendable {
    var memory: NetworkMemory
    var folder: AlertFolder
    /// Whom this detector trusts, or one trusted whose owners it inherited: trust makes an owner
    /// once.
    var everTrusted: Set<MACAddress>
    private var counts = DetectionStatistics()
    /// When a rule last found something of severity medium or above about the gateway, whether
    /// it was reported or folded; nil if none ever did.
    public private(set) var lastGatewayFinding: Int64?

    /// A detector that has seen nothing.
    public init(_ configuration: DetectorConfiguration = DetectorConfiguration()) {
        self.init(configuration, hasShortWay: true)
    }

    /// The same, with or without the short way for routine packets.
    init(_ configuration: DetectorConfiguration, hasShortWay: Bool) {
        everTrusted = configuration.trustedStations
        memory = NetworkMemory(configuration, hasShortWay: hasShortWay)
        folder = AlertFolder(configuration: configuration)
    }

    /// What it is told about the network.
    var configuration: DetectorConfiguration {
        @inline(__always) _read { yield memory.configuration }
    }

    /// What was seen so far.
    public var statistics: DetectionStatistics {
        var statistics = counts
        statistics.bindings = memory.bindings.count
        statistics.evicted = memory.bindings.evicted
        return statistics
    }

    /// Takes one frame in, and hands what is new about it to `report`, the gravest rules first.
    ///
    /// `time` is in nanoseconds since 1970; `number` counts the frames of a capture from 1. A
    /// frame without news allocates nothing.
    public mutating func process(
        _ bytes: Span<UInt8>, format: FrameFormat, time: Int64, number: UInt64,
        report: (Alert) -> Void
    ) {
        counts.frames += 1
        if DecodedFrame.isOther(bytes, format: format) { return }
        if format == .ethernet, let packet = ARPPacket(plain: bytes) {
            counts.arpFrames += 1
            return judge(packet, time: time, number: number, report: report)
        }
        take(DecodedFrame(bytes, format: format), time: time, number: number, report: report)
    }

    /// The same with a frame that was decoded before.
    public mutating func process(
        _ record: FrameRecord, time: Int64, number: UInt64, report: (Alert) -> Void
    ) {
        counts.frames += 1
        take(record.content, time: time, number: number, report: report)
    }

    @inline(always)
    private mutating func take(
        _ frame: DecodedFrame, time: Int64, number: UInt64, report: (Alert) -> Void
    ) {
        switch frame {
        case .arp(let packet):
            counts.arpFrames += 1
            judge(packet, time: time, number: number, report: report)
        case .malformed(let malformation):
            counts.malformed += 1
            tell(malformation, nil, time: time, number: number, report: report)
        case .hidden(let hiding, let origin):
            counts.malformed += 1
            tell(hiding, origin, time: time, number: number, report: report)
        case .lease(let lease): memory.note(lease, at: time)
        case .advert(let advert): memory.note(advert, at: time)
        case .other: break
        }
    }

    private mutating func judge(
        _ packet: ARPPacket, time: Int64, number: UInt64, report: (Alert) -> Void
    ) {
        guard let news = memory.admit(packet, frame: number, time: time) else { return }
        let sighting = memory.observe(packet, news, frame: number, time: time)
        RuleBook.judge(sighting, configuration.thresholds) { finding in
            var finding = finding
            if sighting.isMismatched { finding.carrier = packet.source }
            finding.isPutBack = sighting.isSourceRival
            finding.isInOwnersName =
                sighting.isInOwnersName && finding.claim == sighting.packet.sender
            // The source is known or trusted, and the owner had no part in it.
            if finding.isInOwnersName, sighting.hasOwnerAnswered || sighting.isSourceTrusted,
                finding.accused == finding.claim?.mac
            {
                finding.accused = nil
            }
            finding.isGateway = finding.isGateway ?? sighting.isGateway
            if sighting.isGateway, finding.severity >= .medium { lastGatewayFinding = time }
            let segment = finding.place(in: packet.segment)
            guard let finding = admit(finding, segment, at: time) else { return }
            report(Alert(finding, sighting))
        }
    }

    /// Tells of a frame that can't be judged. Honest ones are cut short by the capture, or of a
    /// network with more VLANs than are read; none has very many tags, as those of `origin` may.
    /// Nobody is accused, and one such matter is told at a time, since a frame that nobody answers
    /// may name any source and VLAN.
    private mutating func tell(
        _ malformation: Malformation, _ origin: FrameOrigin?, time: Int64, number: UInt64,
        report: (Alert) -> Void
    ) {
        let severity: Severity =
            switch malformation {
            case .hiddenByTags: .high
            case .tooManyVLANs: .medium
            default: .info
            }
        let finding = Finding(
            rule: .malformed, severity: severity, confidence: .high, scope: .segment)
        let segment = origin?.segment ?? Segment()
        guard let finding = admit(finding, segment, foldingIn: Segment(), at: time)
        else { return }
        let source = origin.map { ["the frame names \($0.source) as its source"] } ?? []
        let alert = Alert(
            finding, frame: number, time: time, segment: segment,
            sentences: [malformation.rawValue] + source, malformation: malformation)
        report(alert)
    }

    /// Counts a finding, and returns it as it is to be reported; `nil` when it is not. It is one
    /// matter with others of its segment, or of another one that stands for several.
    private mutating func admit(
        _ finding: Finding, _ segment: Segment, foldingIn common: Segment? = nil, at time: Int64
    ) -> Finding? {
        guard !configuration.suppresses(finding, in: segment) else {
            counts.suppressed += 1
            return nil
        }
        guard let news = folder.news(in: finding, segment: common ?? segment, at: time) else {
            counts.folded += 1
            return nil
        }
        counts.alerts[news.severity, default: 0] += 1
        return news.severity > .info || configuration.reportsNotices ? news : nil
    }
}
