// SPDX-License-Identifier: Apache-2.0

/// Reads a classic capture file with one large buffer and no allocation per frame.
struct ClassicReader: ~Copyable {
    private let input: InputDescriptor
    private let header: ClassicHeader
    private var buffer: ReadBuffer
    private var number: UInt64 = 0

    /// Takes over an input whose first bytes, a classic magic among them, are in `buffer`.
    init(input: consuming InputDescriptor, buffer: consuming ReadBuffer) throws(CaptureError) {
        var buffer = buffer
        guard try buffer.fill(ClassicHeader.byteCount, from: input) else {
            throw CaptureError(code: .truncatedHeader, source: input.source)
        }
        guard let header = ClassicHeader(buffer.bytes.span.extracting(buffer.waiting)) else {
            throw CaptureError(code: .notACapture, source: input.source)
        }
        guard header.linkType.isSupported else {
            let detail = header.linkType.description
            throw CaptureError(code: .unsupportedLinkType, source: input.source, detail: detail)
        }
        buffer.consume(ClassicHeader.byteCount)
        self.input = input
        self.header = header
        self.buffer = buffer
    }

    /// The framing of every frame.
    var linkType: LinkType { header.linkType }

    /// Hands the next frame to `consume`; `false` at the end of the file.
    mutating func next(_ consume: FrameConsumer) throws(CaptureError) -> Bool {
        guard try buffer.fill(ClassicRecord.byteCount, from: input) else {
            if buffer.count == 0 { return false }
            throw stopped(.truncatedFrame, "\(buffer.count) of 16 bytes of its header are there")
        }
        let record = ClassicRecord(buffer.bytes.span, at: buffer.waiting.lowerBound, in: header)
        let length = record.capturedLength
        guard length <= CaptureLimits.frameBytesMax else {
            throw stopped(.damagedFrame, "it claims to be \(length) bytes long")
        }
        guard try buffer.fill(ClassicRecord.byteCount + length, from: input) else {
            let present = buffer.count - ClassicRecord.byteCount
            throw stopped(.truncatedFrame, "\(present) of \(length) bytes are there")
        }
        number += 1
        let info = FrameHeader(
            number: number, time: record.time, linkType: header.linkType,
            originalLength: record.originalLength)
        let start = buffer.waiting.lowerBound + ClassicRecord.byteCount
        consume(info, buffer.bytes.span.extracting(start..<start + length))
        buffer.consume(ClassicRecord.byteCount + length)
        return true
    }

    private func stopped(_ code: CaptureError.Code, _ detail: String) -> CaptureError {
        CaptureError(code: code, source: input.source, detail: detail, frame: number + 1)
    }
}
