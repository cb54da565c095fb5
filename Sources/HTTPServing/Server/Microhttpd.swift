// SPDX-License-Identifier: Apache-2.0

private import CMicrohttpd
private import Glibc

/// The only file that speaks with libmicrohttpd. Its callbacks are file-scope functions, so that
/// they belong to no actor: the library calls them on threads of its own.
@safe struct Microhttpd: ~Copyable {
    private let daemon: OpaquePointer
    private let context: Unmanaged<ServerContext>

    /// Serves a listening socket, which stays the caller's own; nil when the library refuses.
    init?(serving descriptor: Int32, tls: TLSIdentity?, context: ServerContext) {
        let limits = context.limits
        let sizes = ag_mhd_limits(
            threads: UInt32(limits.threads), connections: UInt32(limits.connectionsMax),
            idle_seconds: UInt32(limits.idleSecondsMax),
            connection_memory_bytes: limits.headerBytesMax)
        let retained = unsafe Unmanaged.passRetained(context)
        let calls = unsafe ag_mhd_calls(
            accept: mayConnect, request: requestArrived, completed: requestCompleted,
            connection: connectionChanged, context: retained.toOpaque())
        // The library reads the PEM texts while it starts.
        guard
            let daemon = unsafe ag_mhd_start(
                descriptor, sizes, calls, tls?.privateKey, tls?.certificateChain)
        else {
            unsafe retained.release()
            return nil
        }
        unsafe self.daemon = daemon
        unsafe self.context = retained
    }

    /// Stops accepting connections; those that exist go on.
    func quiesce() {
        _ = unsafe MHD_quiesce_daemon(daemon)
    }

    /// Closes every connection and ends the threads.
    consuming func stop() {
        unsafe MHD_stop_daemon(daemon)
        unsafe context.release()
    }
}

/// Called before a connection is taken; it is closed at once if its network has its share.
private func mayConnect(
    _ cls: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
) -> MHD_Result {
    guard let cls = unsafe cls, let address = unsafe address else { return .YES }
    let context = unsafe Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
    return context.shares.admits(unsafe context.network(of: address)) ? .YES : .NO
}

/// Called once when the header fields of a request are known, then for each piece of its body, then
/// once with no piece. The path and the query hold no zero byte: the shim leaves `%00` as it is.
private func requestArrived(
    _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
    _ piece: UnsafePointer<CChar>?, _ pieceBytes: UnsafeMutablePointer<Int>?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let cls = unsafe cls, let connection = unsafe connection, let url = unsafe url,
        let method = unsafe method, let pieceBytes = unsafe pieceBytes, let state = unsafe state
    else { return .NO }
    guard let opaque = unsafe state.pointee else {
        let context = unsafe Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
        var request = unsafe requestHead(connection, url: url, method: method)
        request.peerNetwork = unsafe context.network(of: connection)
        let exchange = Exchange(
            context: context, request: request, socket: unsafe ag_mhd_socket(connection))
        unsafe state.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return exchange.earlyAnswer().map { unsafe send($0, to: connection) } ?? .YES
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(opaque).takeUnretainedValue()
    let count = unsafe pieceBytes.pointee
    if count > 0 {
        unsafe pieceBytes.pointee = 0
        return unsafe exchange.take(UnsafeRawBufferPointer(start: piece, count: count)) ? .YES : .NO
    }
    let sleeping = unsafe SleepingConnection(connection)
    let answer = exchange.answer(suspend: { sleeping.suspend() }, wake: { sleeping.wake() })
    return answer.map { unsafe send($0, to: connection) } ?? .YES
}

/// A connection that waits for an answer.
///
/// Unchecked, because it is a pointer; it holds, because the library lets any thread wake a
/// connection that it was told to suspend, and keeps that alive until then.
@safe private struct SleepingConnection: @unchecked Sendable {
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer) {
        unsafe self.connection = connection
    }

    func suspend() { unsafe MHD_suspend_connection(connection) }
    func wake() { unsafe MHD_resume_connection(connection) }
}

/// Called when a connection came, and before its socket is closed.
private func connectionChanged(
    _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ change: MHD_ConnectionNotificationCode
) {
    guard let cls = unsafe cls, let connection = unsafe connection else { return }
    let context = unsafe Unmanaged<ServerContext>.fromOpaque(cls).takeUnretainedValue()
    let socket = unsafe ag_mhd_socket(connection)
    let network = unsafe context.network(of: connection)
    if ag_mhd_has_started(change) != 0 {
        context.shares.open(network)
        context.deadlines.start(socket)
    } else {
        context.shares.close(network)
        context.deadlines.remove(socket)
    }
}

private func requestCompleted(
    _ cls: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ how: MHD_RequestTerminationCode
) {
    guard let state = unsafe state, let opaque = unsafe state.pointee else { return }
    unsafe Unmanaged<Exchange>.fromOpaque(opaque).release()
    unsafe state.pointee = nil
}

private func requestHead(
    _ connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>
) -> HTTPRequest {
    HTTPRequest(
        HTTPMethod(unsafe String(cString: method)), unsafe String(cString: url),
        query: unsafe fields(of: connection, kind: .GET_ARGUMENT_KIND),
        headers: HTTPHeaders(unsafe fields(of: connection, kind: .HEADER_KIND)))
}

extension ServerContext {
    fileprivate func network(of connection: OpaquePointer) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 6)
        let count = unsafe ag_mhd_peer_network(
            connection, limits.loopbackIsNetwork ? 1 : 0, &bytes)
        return count == 0 ? nil : PeerNetwork.number(ofPrefix: bytes.prefix(Int(count)))
    }

    fileprivate func network(of address: UnsafePointer<sockaddr>) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 6)
        let count = unsafe ag_mhd_network(address, limits.loopbackIsNetwork ? 1 : 0, &bytes)
        return count == 0 ? nil : PeerNetwork.number(ofPrefix: bytes.prefix(Int(count)))
    }
}

private func fields(of connection: OpaquePointer, kind: MHD_ValueKind) -> [HTTPHeaders.Field] {
    var fields: [HTTPHeaders.Field] = []
    unsafe withUnsafeMutablePointer(to: &fields) { pointer in
        _ = unsafe MHD_get_connection_values(connection, kind, collectField, pointer)
    }
    return fields
}

private func collectField(
    _ cls: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?,
    _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    guard let cls = unsafe cls, let name = unsafe name else { return .YES }
    let fields = unsafe cls.assumingMemoryBound(to: [HTTPHeaders.Field].self)
    let text = unsafe value.map { unsafe String(cString: $0) } ?? ""
    unsafe fields.pointee.append(.init(name: String(cString: name), value: text))
    return .YES
}

private func send(_ response: HTTPResponse, to connection: OpaquePointer) -> MHD_Result {
    var body = response.body
    let made = unsafe body.withUnsafeMutableBytes { bytes in
        unsafe MHD_create_response_from_buffer(
            bytes.count, bytes.baseAddress, .RESPMEM_MUST_COPY)
    }
    guard let made = unsafe made else { return .NO }
    defer { unsafe MHD_destroy_response(made) }
    for field in response.headers.fields {
        _ = unsafe MHD_add_response_header(made, field.name, field.value)
    }
    return unsafe MHD_queue_response(connection, UInt32(response.status.code), made)
}
