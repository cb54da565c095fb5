// SPDX-License-Identifier: Apache-2.0

/// How a request tells where its body ends (RFC 9112 section 6.3).
///
/// It looks at values as they came, blanks around them included, because the library does. What the
/// library can't read it takes as a body that ends with the connection, and waits; where there are
/// two ways to read it, a proxy and this server may see two requests.
struct BodyFraming {
    private let lengths: Set<String>
    private let codings: [String]

    init(_ headers: HTTPHeaders) {
        lengths = Set(headers.values("Content-Length"))
        codings = headers.values("Transfer-Encoding")
    }

    /// Whether the body ends in one place, which the library knows: `chunked` is all that it reads.
    var isUnderstood: Bool {
        guard let coding = codings.first else { return lengths.count < 2 }
        return lengths.isEmpty && codings.count == 1 && equalsIgnoringCase(coding, "chunked")
    }
}
