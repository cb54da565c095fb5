// SPDX-License-Identifier: Apache-2.0

public import Catalogue

extension TelemetryControl {
    /// A view of the home of a program that has no home rules of its own; it is that of
    /// `TelemetryModule.init(for:catalogue:config:)`.
    public convenience init(
        for product: Product, catalogue: Catalogue = .standard,
        config: TelemetryModuleConfig = TelemetryModuleConfig()
    ) {
        let place = HostPlace(for: product)
        self.init(
            for: product, catalogue: catalogue, config: config, home: place.home,
            seams: place.seams, configurationProblem: place.problem)
    }
}
