// SPDX-License-Identifier: Apache-2.0

private import CPcap
private import CSystem
private import Glibc

/// One capture opened by libpcap: what is not a classic file, pcapng above all.
///
/// It is the only owner of the C handle, which is closed, with its input, when this value ends.
@safe
struct PcapHandle: ~Copyable {
    private let handle: OpaquePointer
    private let source: String
    /// Whom the stream asks before each read; it knows only the address.
    private let watch: InputWatch
    private var number: UInt64 = 0
    /// The framing of every frame; libpcap refuses files that mix several.
    let linkType: LinkType

    /// Reads on from where `input` stands; `buffer` holds what was read from it already.
    init(
        input: borrowing InputDescriptor, buffer: borrowing ReadBuffer
    ) throws(CaptureError) {
        let source = input.source
        let head = buffer.bytes.span.extracting(buffer.waiting)
        let handle = unsafe try Self.open(
            input.duplicate(), replaying: head, source: source, watch: input.watch)
        let linkType = LinkType(rawValue: UInt32(bitPattern: unsafe pcap_datalink(handle)))
        guard linkType.isSupported else {
            unsafe pcap_close(handle)
            let detail = linkType.description
            throw CaptureError(code: .unsupportedLinkType, source: source, detail: detail)
        }
        unsafe self.handle = handle
        self.source = source
        self.linkType = linkType
        watch = input.watch
    }

    deinit {
        unsafe pcap_close(handle)
    }

    /// Hands the next frame to `consume`; `false` at the end of the file.
    mutating func next(_ consume: FrameConsumer) throws(CaptureError) -> Bool {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let status = unsafe pcap_next_ex(handle, &header, &data)
        if status == PCAP_ERROR_BREAK { return false }
        guard status == 1, let header = unsafe header?.pointee, let data = unsafe data else {
            throw stopped(unsafe String(cString: pcap_geterr(handle)))
        }
        let length = Int(header.caplen)
        guard length <= CaptureLimits.frameBytesMax else {
            throw stopped("it claims to be \(length) bytes long")
        }
        number += 1
        let info = FrameHeader(
            number: number, time: Self.nanoseconds(header.ts), linkType: linkType,
            originalLength: Int(header.len))
        consume(info, unsafe Span(_unsafeStart: data, count: length))
        return true
    }

    private func stopped(_ detail: String) -> CaptureError {
        let code: CaptureError.Code =
            unsafe cpcap_at_end(handle) != 0 ? .truncatedFrame : .damagedFrame
        return CaptureError(code: code, source: source, detail: detail, frame: number + 1)
    }

    private static func open(
        _ descriptor: Int32, replaying head: Span<UInt8>, source: String, watch: InputWatch
    ) throws(CaptureError) -> OpaquePointer {
        let asked = unsafe Unmanaged.passUnretained(watch).toOpaque()
        let stream = unsafe head.withUnsafeBufferPointer { bytes in
            unsafe csystem_stream(
                descriptor, bytes.baseAddress, bytes.count, mayRead, asked)
        }
        guard let stream = unsafe stream else {
            close(descriptor)
            throw CaptureError(code: .readFailed, source: source, detail: "memory is short")
        }
        var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let handle = unsafe pcap_fopen_offline_with_tstamp_precision(
            stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason)
        guard let handle = unsafe handle else {
            unsafe fclose(stream)
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let detail = String(decoding: text, as: UTF8.self)
            throw CaptureError(code: .notACapture, source: source, detail: detail)
        }
        return unsafe handle
    }

    /// Nanoseconds since 1970. A file may claim any time: what does not fit counts as 1970.
    private static func nanoseconds(_ time: timeval) -> Int64 {
        let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(Int64(time.tv_usec))
        return overflow || carried ? 0 : sum
    }
}

/// Asks the watch at `address`, which the handle keeps as long as it reads.
private func mayRead(_ address: UnsafeMutableRawPointer?, _ descriptor: Int32) -> Bool {
    guard let address = unsafe address else { return true }
    return unsafe Unmanaged<InputWatch>.fromOpaque(address).takeUnretainedValue()
        .mayRead(descriptor)
}
