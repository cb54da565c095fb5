// SPDX-License-Identifier: Apache-2.0

import Modules

/// The kernel's own count of what becomes of carriers.
struct CarrierCount {
    private static let bytesMax = 4_096
    let files: any FileSystem

    /// How often an interface lost its carrier; nil where the kernel does not count it.
    func losses(of interface: String) -> Int64? {
        let path = "/sys/class/net/\(interface)/carrier_down_count"
        guard let bytes = try? files.read(path, bytesMax: Self.bytesMax) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
    }
}
