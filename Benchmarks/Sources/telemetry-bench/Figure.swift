// SPDX-License-Identifier: Apache-2.0

/// What was measured, beside the least that it could be in the same run.
struct Figure {
    let name: String
    let value: Double
    let unit: String
    let floor: Double

    /// The number to compare between machines; nil for a floor of nothing.
    var ratio: Double? { floor > 0 ? value / floor : nil }

    var json: String {
        "{\"name\":\"\(name)\",\"value\":\(Self.short(value)),\"unit\":\"\(unit)\","
            + "\"floor\":\(Self.short(floor)),\"ratio\":\(ratio.map(Self.short) ?? "null")}"
    }

    var row: String {
        Self.padded(name, 32) + Self.right(Self.short(value), 13) + " " + Self.padded(unit, 9)
            + "floor" + Self.right(Self.short(floor), 13) + "   ratio"
            + Self.right(ratio.map(Self.short) ?? "-", 9)
    }

    /// Three decimals, or none where they tell nothing.
    private static func short(_ number: Double) -> String {
        if abs(number) >= 10_000 { return String(Int(number.rounded())) }
        let rounded = (number * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - text.count))
    }

    private static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(1, columns - text.count)) + text
    }
}

/// The middle of several measurements.
func median(_ samples: [Double]) -> Double {
    let sorted = samples.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// What kept a figure from being measured.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
