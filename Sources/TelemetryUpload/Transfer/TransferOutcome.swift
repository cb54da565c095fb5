// SPDX-License-Identifier: Apache-2.0

#if Upload
/// How one transfer ended: with a whole response, or without one.
public enum TransferOutcome: Sendable, Equatable {
    /// The server answered, whatever it said.
    case answered(UploadResponse)

    /// No whole response came.
    case failed(TransferFailure)
}

/// A whole HTTP response.
public struct UploadResponse: Sendable, Equatable {
    /// The status code.
    public let status: Int

    /// The headers in the order they came in.
    public let headers: [UploadHeader]

    /// The body's bytes as they came; no content coding is asked for or undone.
    public let body: [UInt8]

    /// A response of these parts.
    public init(status: Int, headers: [UploadHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header called `name`, whatever the case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why no whole response came.
public struct TransferFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed, for decisions.
    public enum Kind: String, Sendable, CaseIterable {
        /// The name could not be looked up, or nobody answered there.
        case connect
        /// The proxy could not be reached, or gave no way to the server.
        case proxy
        /// The TLS handshake or the server's certificate failed.
        case tls
        /// The certificates to trust can't be read.
        case certificates
        /// A deadline passed.
        case timeout
        /// The connection ended before a whole response had come.
        case closed
        /// The response was longer than we read.
        case tooLarge
        /// What came was not HTTP.
        case malformed
        /// The transfer was cancelled here.
        case cancelled
        /// This machine failed, such as by having no memory.
        case local
    }

    /// What fails before anything is sent, unless it was sent over a connection that ended first.
    private static let beforeSending: [Kind] = [.connect, .proxy, .tls, .certificates]

    /// What failed, for decisions.
    public let kind: Kind

    /// What failed, for a person: lower-case, no full stop.
    public let text: String

    /// Whether any byte of the request may have left.
    public let mayHaveSent: Bool

    /// A failure of this kind, by which it is known whether a byte may have left, if nil says so.
    public init(_ kind: Kind, _ text: String, mayHaveSent: Bool? = nil) {
        self.kind = kind
        self.text = text
        self.mayHaveSent = mayHaveSent ?? !Self.beforeSending.contains(kind)
    }

    /// The failure for a person: lower-case, no full stop.
    public var description: String { text }
}
#endif
