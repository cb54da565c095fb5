// SPDX-License-Identifier: Apache-2.0

private import CPcap
private import Glibc

/// How an interface is watched.
public struct LiveOptions: Equatable, Sendable {
    /// The interface's name.
    public var interface: String
    /// The memory in which the kernel keeps frames until they are read, in MiB; 1 to 256.
    public var ringMiB: Int
    /// Whether frames between other stations are wanted, where the switch lets them through.
    public var isPromiscuous: Bool

    /// The bounds of ``ringMiB``.
    public static let ringMiBBounds = 1...256

    /// Options with the tested values.
    public init(interface: String, ringMiB: Int = 32, isPromiscuous: Bool = true) {
        self.interface = interface
        self.ringMiB = ringMiB
        self.isPromiscuous = isPromiscuous
    }
}

/// What the kernel says of a capture so far.
public struct LiveCounts: Equatable, Sendable {
    /// Frames that passed the filter, dropped ones among them.
    public var received: UInt64 = 0
    /// Frames for which there was no room.
    public var dropped: UInt64 = 0

    /// No frames yet.
    public init() {}
}

/// One interface, opened for capturing by libpcap. Waits for nothing by itself.
@safe
public struct LiveCapture: ~Copyable {
    /// How much of a frame is kept: an ARP packet needs 60 bytes, a DHCP answer that names its
    /// options late some hundreds, and what hides behind more tags than that is told. The ring has
    /// a place of this size for each frame, whatever a filter returns: 32 MiB hold more than
    /// 50,000, a quarter of a second at 200,000 frames a second.
    static let snapshotBytes: Int32 = 512

    private let handle: OpaquePointer
    private let interface: String
    private var counts: LiveCounts
    private var last: pcap_stat
    private var number: UInt64
    /// The framing of every frame.
    public let linkType: LinkType
    /// Which frames the kernel hands over.
    public let filter: LiveFilter
    /// What poll(2) finds readable when there is a frame; -1 where libpcap has none.
    public let descriptor: Int32

    /// Opens the interface; needs the capability `net_raw`, nothing after that does.
    public init(_ options: LiveOptions) throws(LiveError) {
        let handle = unsafe try Self.open(options)
        let linkType = LinkType(rawValue: UInt32(bitPattern: unsafe pcap_datalink(handle)))
        guard linkType.isWatched else {
            unsafe pcap_close(handle)
            throw LiveError(
                code: .notEthernet, interface: options.interface, detail: linkType.description)
        }
        counts = LiveCounts()
        last = pcap_stat()
        number = 0
        interface = options.interface
        self.linkType = linkType
        filter = unsafe Self.installFilter(on: handle)
        descriptor = unsafe pcap_get_selectable_fd(handle)
        unsafe self.handle = handle
    }

    deinit {
        unsafe pcap_close(handle)
    }

    /// Hands the next frame to `consume`; false when none waits.
    public mutating func next(_ consume: FrameConsumer) throws(LiveError) -> Bool {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let status = unsafe pcap_next_ex(handle, &header, &data)
        if status == 0 { return false }
        guard status == 1, let header = unsafe header?.pointee, let data = unsafe data else {
            throw unsafe Self.failure(status, handle, interface)
        }
        number += 1
        let time = Int64(header.ts.tv_sec) * 1_000_000_000 + Int64(header.ts.tv_usec)
        let info = FrameHeader(
            number: number, time: time, linkType: linkType, originalLength: Int(header.len))
        consume(info, unsafe Span(_unsafeStart: data, count: Int(header.caplen)))
        return true
    }

    /// What the kernel has counted since the capture was opened. Its counters have 32 bits and
    /// begin anew after the last; asked often enough, these go on.
    public mutating func currentCounts() -> LiveCounts {
        var now = pcap_stat()
        guard unsafe pcap_stats(handle, &now) == 0 else { return counts }
        counts.received += UInt64(now.ps_recv &- last.ps_recv)
        counts.dropped += UInt64(now.ps_drop &- last.ps_drop)
        last = now
        return counts
    }

    /// Sends a frame out of the interface; false if the kernel refuses.
    public borrowing func send(_ frame: [UInt8]) -> Bool {
        unsafe pcap_inject(handle, frame, frame.count) == Int32(frame.count)
    }

    private static func open(_ options: LiveOptions) throws(LiveError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = unsafe pcap_create(options.interface, &reason) else {
            throw LiveError(code: .failed, interface: options.interface, detail: text(of: reason))
        }
        unsafe pcap_set_snaplen(handle, snapshotBytes)
        unsafe pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        unsafe pcap_set_immediate_mode(handle, 1)
        unsafe pcap_set_buffer_size(handle, Int32(clamping: options.ringMiB << 20))
        unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let status = unsafe pcap_activate(handle)
        guard status >= 0, unsafe pcap_setnonblock(handle, 1, &reason) == 0 else {
            let error = unsafe failure(status, handle, options.interface)
            unsafe pcap_close(handle)
            throw error
        }
        return unsafe handle
    }

    /// The first filter that the interface's framing has and the kernel takes.
    private static func installFilter(on handle: OpaquePointer) -> LiveFilter {
        for filter in LiveFilter.allCases where filter != .none {
            var program = unsafe bpf_program()
            guard
                unsafe pcap_compile(handle, &program, filter.expression, 1, 0xFFFF_FFFF) == 0
            else { continue }
            defer { unsafe pcap_freecode(&program) }
            if unsafe pcap_setfilter(handle, &program) == 0 { return filter }
        }
        return .none
    }

    private static func failure(
        _ status: Int32, _ handle: OpaquePointer, _ interface: String
    ) -> LiveError {
        let detail = unsafe String(cString: pcap_geterr(handle))
        let code: LiveError.Code =
            switch status {
            case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: .notPermitted
            case PCAP_ERROR_NO_SUCH_DEVICE: .unknownInterface
            case PCAP_ERROR_IFACE_NOT_UP: .isDown
            default:
                // libpcap has no number for these two; its words are all it gives.
                if detail.contains("disappeared") {
                    .vanished
                } else if detail.contains("went down") {
                    .wentDown
                } else {
                    .failed
                }
            }
        return LiveError(code: code, interface: interface, detail: detail)
    }

    private static func text(of reason: [CChar]) -> String {
        String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
