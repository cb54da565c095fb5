// SPDX-License-Identifier: Apache-2.0

private import CCurl

/// One statement on its way to one ClickHouse server over HTTP.
enum ClickHouseTransfer {
    /// Bytes of an answer.
    static let answerBytesMax = 256 << 20
    private static let connectMilliseconds = 3000

    /// Posts a body and returns the answer with its status.
    ///
    /// Redirects are not followed, proxies not used; the certificate of an `https` server is
    /// verified. `milliseconds` bounds the whole.
    static func post(
        _ body: [UInt8], to url: String, headers: [String], milliseconds: Int
    ) throws(ClickHouseFailure) -> (status: Int, body: [UInt8]) {
        guard let easy = unsafe curl_easy_init() else { throw .transport("out of memory") }
        defer { unsafe curl_easy_cleanup(easy) }
        var lines: UnsafeMutablePointer<curl_slist>? = nil
        defer { unsafe curl_slist_free_all(lines) }
        for header in headers + ["Expect:"] {
            unsafe lines = unsafe curl_slist_append(lines, header)
        }
        let receiver = AnswerReceiver()
        let code = unsafe body.withUnsafeBytes { bytes in
            let isSet = unsafe setUp(easy, url, lines, bytes, receiver, milliseconds)
            return withExtendedLifetime(receiver) {
                isSet ? unsafe curl_easy_perform(easy) : CURLE_FAILED_INIT
            }
        }
        if receiver.isOverfull { throw .malformed("an answer is larger than what is read") }
        guard code == CURLE_OK else {
            throw .transport(unsafe String(cString: curl_easy_strerror(code)))
        }
        var status = 0
        unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return (status, receiver.bytes)
    }

    /// Whether libcurl took every option.
    private static func setUp(
        _ easy: UnsafeMutableRawPointer, _ url: String, _ lines: UnsafeMutablePointer<curl_slist>?,
        _ body: UnsafeRawBufferPointer, _ receiver: AnswerReceiver, _ milliseconds: Int
    ) -> Bool {
        let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_POST, 1), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_TCP_NODELAY, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, min(connectMilliseconds, milliseconds)),
            (CURLOPT_TIMEOUT_MS, max(1, milliseconds)),
        ]
        let texts = [
            (CURLOPT_URL, url), (CURLOPT_PROXY, ""), (CURLOPT_PROTOCOLS_STR, "http,https"),
        ]
        let start = unsafe body.isEmpty ? UnsafeRawPointer(bitPattern: 1) : body.baseAddress
        return unsafe numbers.allSatisfy {
            unsafe ccurl_set_long(easy, $0.0, $0.1) == CURLE_OK
        }
            && texts.allSatisfy { unsafe ccurl_set_string(easy, $0.0, $0.1) == CURLE_OK }
            && ccurl_set_list(easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK
            && ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)) == CURLE_OK
            && ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, start) == CURLE_OK
            && ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context) == CURLE_OK
            && ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION, takeAnswer) == CURLE_OK
    }
}

/// Collects an answer as it comes.
private final class AnswerReceiver {
    private(set) var bytes: [UInt8] = []
    private(set) var isOverfull = false

    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        isOverfull = bytes.count + piece.count > ClickHouseTransfer.answerBytesMax
        if !isOverfull { unsafe bytes.append(contentsOf: piece) }
        return !isOverfull
    }
}

/// libcurl's callback for a piece of the answer; anything but its size ends the transfer.
private func takeAnswer(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<AnswerReceiver>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe receiver.take(piece) ? size * count : 0
}
