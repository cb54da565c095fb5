// SPDX-License-Identifier: Apache-2.0

extension BinaryInteger {
    /// The number and what it counts: `1 event`, `2 events`. The plural has an `s` unless it is
    /// given.
    public func of(_ noun: String, plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
