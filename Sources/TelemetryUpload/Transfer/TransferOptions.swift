// SPDX-License-Identifier: Apache-2.0

#if Upload
private import CCurl
private import Glibc
import Telemetry

/// The way from an `UploadRequest` to a libcurl handle that is in its first state.
@unsafe struct TransferOptions {
    private let easy: UnsafeMutableRawPointer
    private var areSet = true

    /// Sets `easy` up for `request` and runs `body`, at whose end the set-up is void.
    ///
    /// `easy` must be reset before its next use: it keeps pointers into what is gone by then. Its
    /// connections keep one to `parting`, which has to outlive them.
    /// Nil without running `body` when libcurl refused an option.
    static func with<Result>(
        _ easy: UnsafeMutableRawPointer, for request: UploadRequest,
        into receiver: ResponseReceiver, asking departure: Departure, over parting: Parting,
        _ body: () -> Result
    ) -> Result? {
        guard let lines = unsafe HeaderLines(request) else { return nil }
        return unsafe request.body.withUnsafeBytes { bytes in
            var options = unsafe TransferOptions(easy)
            unsafe options.setSecurity(request)
            unsafe options.setTimes(request)
            unsafe options.setMessage(request, body: bytes)
            unsafe options.setList(CURLOPT_HTTPHEADER, lines)
            unsafe options.setReceiver(receiver)
            unsafe options.setDeparture(departure)
            unsafe options.setParting(parting)
            guard unsafe options.areSet else { return nil }
            return withExtendedLifetime((receiver, departure)) { body() }
        }
    }

    private init(_ easy: UnsafeMutableRawPointer) {
        unsafe self.easy = unsafe easy
    }

    /// What keeps bytes from going where they should not.
    private mutating func setSecurity(_ request: UploadRequest) {
        unsafe set(CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe set(CURLOPT_FOLLOWLOCATION, 0)
        unsafe set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        unsafe set(CURLOPT_SSL_VERIFYPEER, 1)
        unsafe set(CURLOPT_SSL_VERIFYHOST, 2)
        // An empty text switches proxies off, those of the environment included.
        unsafe set(CURLOPT_PROXY, request.proxy ?? "")
        // The same for names that go around a proxy.
        unsafe set(CURLOPT_NOPROXY, "")
        // What a proxy says before there is a way is no answer of the server.
        unsafe set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let file = request.caFile {
            unsafe set(CURLOPT_CAINFO, file)
            // Debian's libcurl trusts a folder of certificates as well, beside the file.
            unsafe note(ccurl_set_pointer(easy, CURLOPT_CAPATH, nil))
        }
    }

    private mutating func setTimes(_ request: UploadRequest) {
        let limits = request.limits
        unsafe set(CURLOPT_NOSIGNAL, 1)
        // A cancelled transfer does not wait for a name server.
        unsafe set(CURLOPT_QUICK_EXIT, 1)
        unsafe set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connectTimeout))
        unsafe set(
            CURLOPT_TIMEOUT_MS, milliseconds(limits.deadline(bodyBytes: request.body.count)))
        guard let rate = limits.bytesPerSecondMax else { return }
        unsafe note(ccurl_set_offset(easy, CURLOPT_MAX_SEND_SPEED_LARGE, Int64(rate)))
        // The smallest buffer there is: with a larger one libcurl sends in bursts.
        unsafe set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
    }

    private mutating func setMessage(_ request: UploadRequest, body: UnsafeRawBufferPointer) {
        unsafe set(CURLOPT_URL, request.url.description)
        // The path that was shown, with its dots.
        unsafe set(CURLOPT_PATH_AS_IS, 1)
        unsafe set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        if unsafe !body.isEmpty || request.method == "POST" {
            unsafe note(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)))
            if unsafe body.isEmpty {
                unsafe set(CURLOPT_COPYPOSTFIELDS, "")
            } else {
                unsafe note(ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, body.baseAddress))
            }
        }
        unsafe set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private mutating func setReceiver(_ receiver: ResponseReceiver) {
        let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
        unsafe note(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
        unsafe note(ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION, takeHeader))
        unsafe note(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
        unsafe note(ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION, takeBody))
    }

    private mutating func setDeparture(_ departure: Departure) {
        let context = unsafe Unmanaged.passUnretained(departure).toOpaque()
        unsafe note(ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context))
        unsafe note(ccurl_set_departure(easy, askToLeave))
    }

    private mutating func setParting(_ parting: Parting) {
        let context = unsafe Unmanaged.passUnretained(parting).toOpaque()
        unsafe note(ccurl_set_opened(easy, prepareSocket))
        unsafe note(ccurl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, context))
        unsafe note(ccurl_set_closing(easy, closeSocket))
    }

    private mutating func setList(_ option: CURLoption, _ lines: borrowing HeaderLines) {
        unsafe note(ccurl_set_list(easy, option, lines.first))
    }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        unsafe note(ccurl_set_long(easy, option, value))
    }

    private mutating func set(_ option: CURLoption, _ value: String) {
        unsafe note(ccurl_set_string(easy, option, value))
    }

    private mutating func note(_ code: CURLcode) {
        if code != CURLE_OK { unsafe areSet = false }
    }

    private func milliseconds(_ duration: Duration) -> Int {
        max(1, Int(duration / .milliseconds(1)))
    }
}

/// libcurl's list of header lines; freed with the value.
@unsafe private struct HeaderLines: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// The request's headers, and what keeps libcurl from adding its own, or from spelling the
    /// host in another way than was shown.
    ///
    /// Nil when memory is short or a header holds a line end.
    init?(_ request: UploadRequest) {
        unsafe first = nil
        let own = Set(request.headers.map { $0.name.lowercased() })
        if !own.contains("host") {
            guard unsafe append("Host: \(request.url.hostHeader)") else { return nil }
        }
        for name in ["Accept", "Content-Type", "Expect"] where !own.contains(name.lowercased()) {
            guard unsafe append("\(name):") else { return nil }
        }
        for header in request.headers {
            let line =
                header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
            guard unsafe append(line) else { return nil }
        }
    }

    deinit {
        unsafe curl_slist_free_all(first)
    }

    private mutating func append(_ line: String) -> Bool {
        guard !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return false }
        guard let longer = unsafe curl_slist_append(first, line) else { return false }
        unsafe first = unsafe longer
        return true
    }
}

/// libcurl's callback once a connection stands, before the request is sent.
private func askToLeave(
    _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?,
    _ local: UnsafeMutablePointer<CChar>?, _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
    let departure = unsafe Unmanaged<Departure>.fromOpaque(context).takeUnretainedValue()
    return departure.begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// libcurl's callback for a socket that is about to connect.
private func prepareSocket(
    _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype
) -> Int32 {
    Parting.discardsRest(of: socket, true) ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR
}

/// libcurl's callback in the place of `close`.
private func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
    if let context = unsafe context {
        unsafe Unmanaged<Parting>.fromOpaque(context).takeUnretainedValue().prepare(socket)
    }
    return close(socket)
}

/// libcurl's callback for one header line; anything but the line's size ends the transfer.
private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<ResponseReceiver>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe receiver.takeHeader(line) ? size * count : 0
}

/// libcurl's callback for a piece of the body; anything but the piece's size ends the transfer.
private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<ResponseReceiver>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe receiver.takeBody(piece) ? size * count : 0
}
#endif
