// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file, closed when this value ends. It never takes the place of standard input, output
/// or error in a program that was started without them: what is printed there would get into it.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(
        opening path: String, _ flags: Int32, mode: mode_t = 0o600
    ) throws(SystemError) {
        let first = try systemCall("open", path) {
            unsafe open(path, flags | O_CLOEXEC, mode)
        }
        guard first < StandardDescriptors.end else {
            number = first
            return
        }
        defer { _ = close(first) }
        number = try systemCall("fcntl", path) {
            fcntl(first, F_DUPFD_CLOEXEC, StandardDescriptors.end)
        }
    }

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // A failed close of a file that was synced before, or only read, loses nothing.
        _ = close(number)
    }

    borrowing func writeAll(_ bytes: [UInt8], _ path: String) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try systemCall("write", path) {
                unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(written)
        }
    }

    borrowing func readAll(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = try systemCall("read", path) {
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(number, $0.baseAddress, $0.count)
                }
            }
            if count == 0 { return bytes }
            if bytes.count + count > bytesMax {
                throw SystemError(code: EFBIG, call: "read", subject: path)
            }
            bytes += chunk[..<count]
        }
    }
}
