// SPDX-License-Identifier: Apache-2.0

private import CSample

/// A capture file that is read from its first frame to its last, once.
///
/// Classic captures go through a reader of our own, everything else through libpcap. Memory is
/// bounded by ``CaptureLimits`` whatever the file claims.
public struct CaptureFile: ~Copyable {
    private var reader: CaptureReader
    private let length: FileLength
    private let source: String
    /// The framing of every frame.
    public let linkType: LinkType
    /// How many interfaces the file describes before its first frame: 1 where it says nothing of
    /// any. Which of them a frame comes from is not known.
    public let interfaceCount: Int

    /// Opens the capture at `path`; `-` is standard input, in any of the formats.
    ///
    /// - Parameter watch: asked before each read.
    public init(path: String, watch: InputWatch? = nil) throws(CaptureError) {
        var input = try InputDescriptor(path: path)
        if let watch { input.watch = watch }
        try self.init(input: input)
    }

    /// Reads from what is open already.
    init(input: consuming InputDescriptor) throws(CaptureError) {
        try self.init(input: input, buffer: ReadBuffer())
    }

    /// Opens the capture that is part of the program: a laboratory's network in which somebody
    /// puts himself between a station and its gateway.
    public static func sample() throws(CaptureError) -> CaptureFile {
        let input = try InputDescriptor(path: "/dev/null", source: "the sample")
        let bytes = unsafe Span(_unsafeStart: csample_bytes(), count: csample_count())
        return try CaptureFile(input: input, buffer: ReadBuffer(holding: bytes))
    }

    private init(
        input: consuming InputDescriptor, buffer: consuming ReadBuffer
    ) throws(CaptureError) {
        let source = input.source
        let length = try FileLength(of: input)
        var buffer = buffer
        guard try buffer.fill(CaptureLimits.magicBytes, from: input) else {
            let code: CaptureError.Code = buffer.count == 0 ? .emptyFile : .truncatedHeader
            throw CaptureError(code: code, source: input.source)
        }
        if ClassicHeader.isMagic(buffer.bytes.span) {
            let classic = try ClassicReader(input: input, buffer: buffer)
            let linkType = classic.linkType
            self.init(.classic(classic), linkType, 1, length, source)
        } else if let compression = Compression(buffer.bytes.span) {
            throw CaptureError(
                code: .compressed, source: input.source, detail: compression.rawValue)
        } else {
            let count = try InterfaceBlocks.count(in: &buffer, from: input)
            let handle = try PcapHandle(input: input, buffer: buffer)
            let linkType = handle.linkType
            self.init(.libpcap(handle), linkType, max(1, count), length, source)
        }
    }

    private init(
        _ reader: consuming CaptureReader, _ linkType: LinkType, _ interfaceCount: Int,
        _ length: consuming FileLength, _ source: String
    ) {
        self.interfaceCount = interfaceCount
        self.reader = reader
        self.linkType = linkType
        self.length = length
        self.source = source
    }

    /// Hands the next frame to `consume`; `false` when there is none.
    ///
    /// An error means that the file cannot be followed further; frames already delivered stand.
    public mutating func next(_ consume: FrameConsumer) throws(CaptureError) -> Bool {
        var isThere = false
        do throws(CaptureError) {
            isThere = try reader.next(consume)
        } catch {
            throw explained(error)
        }
        if !isThere { try checkLength() }
        return isThere
    }

    /// Hands every remaining frame to `consume`.
    ///
    /// Throws at the first frame that cannot be read, after those before it were delivered.
    public mutating func forEachFrame(_ consume: FrameConsumer) throws(CaptureError) {
        do throws(CaptureError) {
            try reader.forEachFrame(consume)
        } catch {
            throw explained(error)
        }
        try checkLength()
    }

    /// The end of a file that was cut lies between two frames as well as within one.
    private func checkLength() throws(CaptureError) {
        if length.hasShrunk { throw CaptureError(code: .shrunk, source: source) }
    }

    private func explained(_ error: CaptureError) -> CaptureError {
        guard error.code == .truncatedFrame, length.hasShrunk else { return error }
        return CaptureError(code: .shrunk, source: source, frame: error.frame)
    }
}

/// The two ways to read a capture.
private enum CaptureReader: ~Copyable {
    case classic(ClassicReader)
    case libpcap(PcapHandle)

    mutating func forEachFrame(_ consume: FrameConsumer) throws(CaptureError) {
        switch consume self {
        case .classic(var classic):
            let outcome = Result { () throws(CaptureError) in try classic.forEachFrame(consume) }
            self = .classic(classic)
            try outcome.get()
        case .libpcap(var handle):
            let outcome = Result { () throws(CaptureError) in while try handle.next(consume) {} }
            self = .libpcap(handle)
            try outcome.get()
        }
    }

    mutating func next(_ consume: FrameConsumer) throws(CaptureError) -> Bool {
        // A payload can't be changed in place: it is taken out, used, and put back.
        let outcome: Result<Bool, CaptureError>
        switch consume self {
        case .classic(var classic):
            outcome = Result { () throws(CaptureError) in try classic.next(consume) }
            self = .classic(classic)
        case .libpcap(var handle):
            outcome = Result { () throws(CaptureError) in try handle.next(consume) }
            self = .libpcap(handle)
        }
        return try outcome.get()
    }
}
