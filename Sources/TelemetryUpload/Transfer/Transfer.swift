// SPDX-License-Identifier: Apache-2.0

#if Upload
private import CCurl

/// Owns one libcurl handle of each kind, with the connection they keep open; freed with the value.
///
/// The multi interface is used for a single transfer because only it can be woken: a cancelled
/// transfer ends at once instead of up to a second later.
@safe public struct Transfer: ~Copyable {
    private let easy: UnsafeMutableRawPointer?
    private let multi: UnsafeMutableRawPointer?
    /// Connections hold on to it until both are freed.
    private let parting = Parting()

    /// Handles without a connection yet; where libcurl has no memory, `perform` says so.
    public init() {
        unsafe easy = curl_easy_init()
        unsafe multi = curl_multi_init()
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_multi_cleanup(multi)
    }

    /// Performs one request over a kept or a new connection; ends early when cancelled.
    ///
    /// HTTP/1.1 over TLS 1.2 or newer with the certificate verified, or over plain TCP to loopback;
    /// redirects are answers like any other; proxies in the environment are ignored.
    ///
    /// - Parameter mayLeave: is asked once a connection stands; a no there cancels the transfer
    ///   before its first byte.
    public mutating func perform(
        _ request: UploadRequest, cancellation: Cancellation = Cancellation(),
        mayLeave: @escaping () -> Bool = { true }
    ) -> TransferOutcome {
        guard let easy = unsafe easy, let multi = unsafe multi else {
            return .failed(TransferFailure(.local, "out of memory", mayHaveSent: false))
        }
        let receiver = ResponseReceiver(bytesMax: request.limits.responseBytesMax)
        let departure = Departure(mayLeave)
        unsafe curl_easy_reset(easy)
        let parting = parting
        parting.begin()
        let outcome = unsafe TransferOptions.with(
            easy, for: request, into: receiver, asking: departure, over: parting
        ) {
            let code = unsafe cancellation.waking(multi) {
                unsafe Self.drive(easy, multi, cancellation, parting)
            }
            return unsafe Self.outcome(code, easy, receiver, departure, of: request)
        }
        return outcome
            ?? .failed(
                TransferFailure(.local, "the transfer could not be set up", mayHaveSent: false))
    }

    /// Runs the transfer to its end; nil when it was cancelled.
    private static func drive(
        _ easy: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer,
        _ cancellation: Cancellation, _ parting: Parting
    ) -> CURLcode? {
        guard unsafe curl_multi_add_handle(multi, easy) == CURLM_OK else {
            return CURLE_FAILED_INIT
        }
        defer { unsafe curl_multi_remove_handle(multi, easy) }
        var running: Int32 = 1
        while !cancellation.isCancelled {
            guard unsafe curl_multi_perform(multi, &running) == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            if running == 0 {
                let code = unsafe result(multi)
                if code == CURLE_OK, let socket = unsafe keptSocket(easy) {
                    parting.noteAnswer(over: socket)
                }
                return code
            }
            // libcurl wakes for its own timeouts; ours is only a bound.
            unsafe curl_multi_poll(multi, nil, 0, pollMillisecondsMax, nil)
        }
        return nil
    }

    private static let pollMillisecondsMax: Int32 = 60_000

    /// The connection of a transfer that has just ended; nil where that was closed.
    private static func keptSocket(_ easy: UnsafeMutableRawPointer) -> curl_socket_t? {
        var socket: curl_socket_t = -1
        let code = unsafe ccurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
        return code == CURLE_OK && socket >= 0 ? socket : nil
    }

    private static func result(_ multi: UnsafeMutableRawPointer) -> CURLcode {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            if unsafe message.pointee.msg == CURLMSG_DONE {
                return unsafe message.pointee.data.result
            }
        }
        return CURLE_FAILED_INIT
    }

    private static func outcome(
        _ code: CURLcode?, _ easy: UnsafeMutableRawPointer, _ receiver: ResponseReceiver,
        _ departure: Departure, of request: UploadRequest
    ) -> TransferOutcome {
        // Nothing but a no to its departure aborts a transfer from within.
        if code == CURLE_ABORTED_BY_CALLBACK, departure.isRepetition {
            return .failed(
                TransferFailure(.closed, "the connection that was kept ended without an answer"))
        }
        guard let code, code != CURLE_ABORTED_BY_CALLBACK else {
            return .failed(
                TransferFailure(
                    .cancelled, "the transfer was cancelled", mayHaveSent: departure.hasBegun))
        }
        if receiver.isOverfull {
            return .failed(TransferFailure(.tooLarge, "the response is too large"))
        }
        guard code == CURLE_OK else {
            return .failed(
                unsafe TransferFailure(code, easy, of: request, mayHaveSent: departure.hasBegun))
        }
        var status = 0
        unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return .answered(receiver.response(status: status))
    }
}

extension TransferFailure {
    /// `CURLE_TOO_LARGE`, which versions after Debian 12's have.
    private static let tooLarge = CURLcode(100)

    /// What libcurl's code means for a decision, with libcurl's own words where they are clear.
    ///
    /// - Parameter easy: what performed the transfer, and knows how far it came.
    fileprivate init(
        _ code: CURLcode, _ easy: UnsafeMutableRawPointer, of request: UploadRequest,
        mayHaveSent: Bool
    ) {
        if request.proxy != nil, unsafe Self.number(easy, CURLINFO_PRETRANSFER_TIME_T) == 0,
            let words = unsafe Self.proxyWords(code, easy)
        {
            self.init(.proxy, words, mayHaveSent: mayHaveSent)
            return
        }
        let hasAnswer = unsafe Self.number(easy, CURLINFO_STARTTRANSFER_TIME_T) ?? 0 > 0
        if hasAnswer, [CURLE_OUT_OF_MEMORY, Self.tooLarge].contains(code) {
            // One line was longer than the room that libcurl has for it.
            self.init(.tooLarge, "the response is too large")
            return
        }
        // Not by the kind: libcurl may have met that when it went again over a new connection.
        self.init(Self.kind(code), Self.words(code), mayHaveSent: mayHaveSent)
    }

    private static func kind(_ code: CURLcode) -> Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
            CURLE_PROXY, CURLE_INTERFACE_FAILED:
            .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            .tls
        case CURLE_SSL_CACERT_BADFILE: .certificates
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            .closed
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP2, CURLE_HTTP_RETURNED_ERROR:
            .malformed
        default: .local
        }
    }

    private static func words(_ code: CURLcode) -> String {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION:
            "the server's certificate is not trusted, out of date, or for another name"
        case CURLE_SSL_CACERT_BADFILE: "the certificates to trust can't be read"
        default: begunSmall(unsafe String(cString: curl_easy_strerror(code)))
        }
    }

    /// What a proxy did in place of giving a way to the server; nil where it was not the proxy.
    private static func proxyWords(
        _ code: CURLcode, _ easy: UnsafeMutableRawPointer
    ) -> String? {
        var status = 0
        unsafe ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &status)
        return switch code {
        case CURLE_COULDNT_RESOLVE_PROXY: "the proxy's name can't be looked up"
        case CURLE_COULDNT_CONNECT: "the proxy can't be reached"
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_OUT_OF_MEMORY,
            Self.tooLarge, CURLE_PROXY:
            status == 0 || (200...299).contains(status)
                ? "the proxy led nowhere" : "the proxy answered \(status)"
        default: nil
        }
    }

    /// What libcurl counted; nil where it does not know.
    private static func number(_ easy: UnsafeMutableRawPointer, _ info: CURLINFO) -> Int64? {
        var number: Int64 = 0
        return unsafe ccurl_get_offset(easy, info, &number) == CURLE_OK ? number : nil
    }

    /// `words` with a small first letter, unless they begin with an abbreviation such as SSL.
    private static func begunSmall(_ words: String) -> String {
        guard words.dropFirst().first?.isUppercase != true else { return words }
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
#endif
