// SPDX-License-Identifier: Apache-2.0

import JSON

/// The most that each count of the benchmarks may be.
struct Thresholds {
    let limits: [(name: String, most: Double)]

    /// Reads `Benchmarks/thresholds.json`: an object of names and numbers.
    init?(_ json: JSONValue) {
        guard let members = json.objectValue?.members else { return nil }
        var limits: [(name: String, most: Double)] = []
        for member in members {
            guard let most = member.value.number else { return nil }
            limits.append((member.name, most))
        }
        self.limits = limits
    }

    /// What is wrong with figures, each a JSON object: over its threshold, missing or unknown.
    func complaints(about figures: [JSONValue]) -> [String] {
        var values: [String: Double] = [:]
        for figure in figures {
            guard let name = figure["name"]?.stringValue, let value = figure["value"]?.number else {
                return ["no figure: \(figure.serialized(.compact))"]
            }
            values[name] = value
        }
        let unknown = values.keys.sorted().filter { name in !limits.contains { $0.name == name } }
        return limits.compactMap { name, most in
            guard let value = values[name] else { return "\(name) was not measured" }
            return value <= most ? nil : "\(name) is \(value), at most \(most) is allowed"
        } + unknown.map { "\($0) has no threshold" }
    }
}

extension JSONValue {
    fileprivate var number: Double? { doubleValue ?? integerValue.map(Double.init) }
}
