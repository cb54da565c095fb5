// SPDX-License-Identifier: Apache-2.0

/// One header line as it stood on the wire.
package struct HTTPHeader: Sendable, Equatable, CustomStringConvertible {
    /// The name, in the case it was sent in.
    package let name: String

    /// The value, without the white space around it.
    package let value: String

    /// A header line `name: value`.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): \(value)" }
}

extension [HTTPHeader] {
    /// The value of the first header called `name`, whatever the case.
    package func first(_ name: String) -> String? {
        first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A request exactly as a client sent it.
package struct RecordedRequest: Sendable, Equatable {
    /// The method, such as `POST`.
    package let method: String

    /// The request target, such as `/v1/logs`.
    package let target: String

    /// The headers in the order they were sent in.
    package let headers: [HTTPHeader]

    /// The body's bytes as sent, so still compressed where the client compresses.
    package let body: [UInt8]

    /// The number of the connection it came on; the server's first connection is 0.
    package let connection: Int

    /// The value of the first header called `name`, whatever the case.
    package func header(_ name: String) -> String? {
        headers.first(name)
    }
}
