// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules

/// A server on loopback that reads requests with `Content-Length` and answers each with 200.
struct HTTPSink {
    let url: String

    init() throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) | listen(listener, 16)
                    | getsockname(listener, pointer, &size)
            }
        }
        guard listener >= 0, failure == 0 else {
            throw SystemError(code: errno, call: "listen")
        }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/v1/logs"
        // Lives as long as the benchmark.
        try DetachedThread.start {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { continue }
                Self.serve(connection)
                close(connection)
            }
        }
    }

    private static func serve(_ connection: Int32) {
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            received += chunk[..<count]
            while let length = requestLength(received), received.count >= length {
                received.removeFirst(length)
                _ = unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// The bytes of the request at the start, body included; nil as long as its head is not whole.
    private static func requestLength(_ bytes: [UInt8]) -> Int? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
            .split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("content-length:") }?
            .split(separator: " ").last.flatMap { Int($0) }
        return end + (length ?? 0)
    }
}
