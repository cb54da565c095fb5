// SPDX-License-Identifier: Apache-2.0

#if Upload
/// Collects a response as it arrives, up to a number of bytes.
///
/// Interim responses (1xx) are forgotten when the next status line comes.
final class ResponseReceiver {
    private let bytesMax: Int
    private var bytesSeen = 0
    private var headers: [UploadHeader] = []
    private var body: [UInt8] = []

    /// Whether more bytes came than are read.
    private(set) var isOverfull = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Takes one header line, its line end included; false when there is no room left.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        guard makeRoom(line.count) else { return false }
        let text = unsafe String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = []
            body = []
        } else if let header = Self.header(text) {
            headers.append(header)
        }
        return true
    }

    /// Takes bytes of the body; false when there is no room left.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard makeRoom(bytes.count) else { return false }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// What came, with the status that the transfer library read.
    func response(status: Int) -> UploadResponse {
        UploadResponse(status: status, headers: headers, body: body)
    }

    private func makeRoom(_ count: Int) -> Bool {
        bytesSeen += count
        isOverfull = bytesSeen > bytesMax
        return !isOverfull
    }

    private static func header(_ line: String) -> UploadHeader? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let value = line[line.utf8.index(after: colon)...]
        return UploadHeader(String(line[..<colon]), String(trimmed(value)))
    }
}

/// `text` without the white space that HTTP allows around a field's value (RFC 9110 section 5.5).
func trimmed(_ text: Substring) -> Substring {
    let isSpace: (Unicode.Scalar) -> Bool = {
        $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n"
    }
    var scalars = text.unicodeScalars
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return Substring(scalars)
}
#endif
