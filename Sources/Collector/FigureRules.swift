// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// Which figures an event adds to.
enum FigureRules {
    /// What one admitted record adds to, each once: its event, and the tables that its properties
    /// have. Durations belong to the most particular of them.
    static func counters(
        of event: EventDefinition, _ properties: [(name: String, value: PropertyValue)]
    ) -> (names: [String], duration: Int?, timed: String?) {
        func label(_ name: String) -> String {
            Self.label(of: properties.first { $0.name == name }?.value)
        }
        let own = Counter(.event, event.name).description
        let duration = duration(of: event, properties)
        if let group = CounterGroup.allCases.first(where: { $0.event == event.name }),
            group.labelNames.allSatisfy({ event.property(named: $0) != nil })
        {
            let name = ([group.rawValue] + group.labelNames.map(label)).joined(separator: "/")
            return ([own, name], duration, name)
        }
        let names = event.properties.filter(\.kind.isCounted).map {
            Counter(.property, event.name, $0.name, label($0.name)).description
        }
        return ([own] + names, duration, own)
    }

    /// The duration of a record in milliseconds, from the first property that is one.
    private static func duration(
        of event: EventDefinition, _ properties: [(name: String, value: PropertyValue)]
    ) -> Int? {
        for definition in event.properties {
            guard case .duration(let unit, _) = definition.kind else { continue }
            let value = properties.first { $0.name == definition.name }?.value
            guard case .integer(let number) = value else { continue }
            let factor: Int64 = unit == .seconds ? 1000 : 1
            return Int(clamping: number.multipliedReportingOverflow(by: factor).partialValue)
        }
        return nil
    }

    private static func label(of value: PropertyValue?) -> String {
        switch value {
        case .string(let word): word
        case .boolean(let flag): flag ? "true" : "false"
        case .integer, .double, nil: Counter.notTold
        }
    }
}

extension PropertyKind {
    /// Whether a table can be made of the values.
    var isCounted: Bool {
        switch self {
        case .choice, .identifier, .version, .bool: true
        case .count, .duration: false
        }
    }
}
