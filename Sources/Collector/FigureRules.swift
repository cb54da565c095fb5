// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// Which figures an event adds to.
enum FigureRules {
    /// The contributions of one admitted record: one to its event, and one to the table that its
    /// event has, if the properties that label it are there.
    static func contributions(
        of event: String, _ properties: [(name: String, value: PropertyValue)]
    ) -> [Contribution] {
        func word(_ name: String) -> String? {
            guard case .string(let word) = properties.first(where: { $0.name == name })?.value
            else { return nil }
            return word
        }
        let counter: Counter? =
            switch event {
            case "feature_usage": word("feature").map { Counter(.feature, $0) }
            case "detection_run": word("mode").map { Counter(.run, $0) }
            case "alert_generated": pair(word("alert_type"), word("severity"), .alert)
            case "error": pair(word("feature"), word("error_type"), .error)
            default: nil
            }
        let duration = properties.first { $0.name == "duration_ms" }.flatMap(\.value.milliseconds)
        let own = counter.map { [Contribution($0, durationMilliseconds: duration)] } ?? []
        return [Contribution(Counter(.event, event))] + own
    }

    private static func pair(_ first: String?, _ second: String?, _ group: CounterGroup) -> Counter?
    {
        guard let first, let second else { return nil }
        return Counter(group, first, second)
    }
}

extension PropertyValue {
    fileprivate var milliseconds: Int? {
        if case .integer(let number) = self { Int(number) } else { nil }
    }
}
