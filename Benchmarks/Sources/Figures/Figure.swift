// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// What was measured, beside the least that it could be in the same run.
public struct Figure {
    private let name: String
    private let value: Double
    private let unit: String
    private let floor: Double

    /// A measured value beside its floor.
    public init(name: String, value: Double, unit: String, floor: Double) {
        self.name = name
        self.value = value
        self.unit = unit
        self.floor = floor
    }

    /// The number to compare between machines; nil for a floor of nothing.
    private var ratio: Double? { floor > 0 ? value / floor : nil }

    /// Prints the figure as a row of a table, or as JSON where `form` is `json`.
    public func show(as form: String) { say(form == "json" ? json : row) }

    private var json: String {
        "{\"name\":\"\(name)\",\"value\":\(Self.short(value)),\"unit\":\"\(unit)\","
            + "\"floor\":\(Self.short(floor)),\"ratio\":\(ratio.map(Self.short) ?? "null")}"
    }

    private var row: String {
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
public func median(_ samples: [Double]) -> Double {
    let sorted = samples.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// What kept a figure from being measured.
public struct BenchmarkError: Error, CustomStringConvertible {
    /// What, in one line.
    public let description: String

    /// The error that this line says.
    public init(_ description: String) { self.description = description }
}

/// Writes a line to standard output, or to another descriptor.
public func say(_ line: String, to descriptor: Int32 = 1) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
}
