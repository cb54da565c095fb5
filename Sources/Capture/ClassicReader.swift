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
        guard let length = try fillRecord() else { return false }
        let start = buffer.waiting.lowerBound
        let record = ClassicRecord(buffer.bytes.span, at: start, in: header)
        number += 1
        let info = FrameHeader(
            number: number, time: record.time, linkType: header.linkType,
            originalLength: record.originalLength)
        let first = start + ClassicRecord.byteCount
        consume(info, buffer.bytes.span.extracting(first..<first + length))
        buffer.consume(ClassicRecord.byteCount + length)
        return true
    }

    /// Hands every remaining frame to `consume`.
    mutating func forEachFrame(_ consume: FrameConsumer) throws(CaptureError) {
        repeat {
            let (bytes, frames) = deliverWaiting(consume)
            buffer.consume(bytes)
            number += frames
        } while try next(consume)
    }

    /// Hands over all frames that wait as a whole, and returns how many bytes and frames they are.
    private func deliverWaiting(_ consume: FrameConsumer) -> (bytes: Int, frames: UInt64) {
        let bytes = buffer.bytes.span.extracting(buffer.waiting)
        var start = 0
        var frames: UInt64 = 0
        while bytes.count - start >= ClassicRecord.byteCount {
            let record = ClassicRecord(bytes, at: start, in: header)
            let first = start + ClassicRecord.byteCount
            let length = record.capturedLength
            guard length <= CaptureLimits.frameBytesMax, bytes.count - first >= length
            else { break }
            frames += 1
            let info = FrameHeader(
                number: number + frames, time: record.time, linkType: header.linkType,
                originalLength: record.originalLength)
            consume(info, bytes.extracting(first..<first + length))
            start = first + length
        }
        return (start, frames)
    }

    /// Makes the next record wait as a whole, and returns its frame's length; `nil` at the end.
    private mutating func fillRecord() throws(CaptureError) -> Int? {
        guard try buffer.fill(ClassicRecord.byteCount, from: input) else {
            if buffer.count == 0 { return nil }
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
        return length
    }

    private func stopped(_ code: CaptureError.Code, _ detail: String) -> CaptureError {
        CaptureError(code: code, source: input.source, detail: detail, frame: number + 1)
    }
}
