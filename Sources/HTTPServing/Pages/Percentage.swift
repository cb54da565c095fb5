// SPDX-License-Identifier: Apache-2.0

/// A share as an attribute of SVG has it: `37.50%`.
struct Percentage: CustomStringConvertible {
    let description: String

    /// The share that `part` is of `whole`, which is above 0, cut to two digits.
    init(_ part: Int, of whole: Int) {
        let hundredths = Int(Double(part) / Double(max(whole, 1)) * 10_000)
        let rest = hundredths % 100
        description = "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
