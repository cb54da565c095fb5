// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Telemetry

/// One header of a request or a response.
public struct UploadHeader: Sendable, Equatable {
    /// The name, as sent.
    public let name: String

    /// The value, without white space around it.
    public let value: String

    /// A header `name: value`.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One HTTP request, complete: nothing is added on the way but `Host` and `Content-Length`.
public struct UploadRequest: Sendable, Equatable {
    /// Where to: `https`, or `http` to loopback, which an `Endpoint` can't help being.
    public var url: Endpoint

    /// The method, such as `POST`.
    public var method: String

    /// The headers in the order they are sent in.
    public var headers: [UploadHeader]

    /// The body's bytes; an empty body is sent as none unless the method is `POST`.
    public var body: [UInt8]

    /// The bounds of the transfer.
    public var limits: UploadLimits

    /// A file of PEM certificates that are trusted instead of the system's; nil for the system's.
    public var caFile: String?

    /// A proxy's URL, such as `socks5h://127.0.0.1:9050`; nil for none, whatever the environment
    /// says.
    public var proxy: String?

    /// A request with default limits, the system's certificates and no proxy but for what is named.
    public init(
        url: Endpoint, method: String, headers: [UploadHeader] = [], body: [UInt8] = [],
        limits: UploadLimits = UploadLimits(), caFile: String? = nil, proxy: String? = nil
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.limits = limits
        self.caFile = caFile
        self.proxy = proxy
    }
}
#endif
