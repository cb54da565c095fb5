// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import Glibc
import Modules

/// What a module says of itself.
public struct ModuleStatus: Sendable, Equatable {
    /// All causes that keep it from recording; empty if it records.
    public let blockedBy: [Cause]

    /// Whether it records.
    public var isRecording: Bool { blockedBy.isEmpty }
}

extension TelemetryModule {
    /// Makes a module for a program that has no home rules of its own: data lies in `~/.NAME`, or
    /// in `/var/lib/NAME` for root. Without a `HOME` nothing is recorded.
    public convenience init(
        for product: Product, catalogue: Catalogue = .standard,
        config: TelemetryModuleConfig = TelemetryModuleConfig()
    ) {
        let place = HostPlace(for: product)
        self.init(
            for: product, catalogue: catalogue, config: config, home: place.home,
            seams: place.seams, configurationProblem: place.problem)
    }

    /// Why the module records, or does not.
    public var status: ModuleStatus { ModuleStatus(blockedBy: blockedBy) }
}

/// Where a program that has no home rules of its own keeps its data, and what it runs on.
package struct HostPlace: Sendable {
    /// The home; nothing stands there where `problem` says so.
    package let home: String
    /// This process's environment, clock, files and randomness.
    package let seams: TelemetrySeams
    /// Why there is no home; nil if there is one.
    package let problem: String?

    /// Looks at the process's environment and user.
    package init(for product: Product) {
        let names = ["HOME", "DO_NOT_TRACK", product.environmentVariable]
        let environment = names.compactMap { name in
            unsafe getenv(name).map { (name, unsafe String(cString: $0)) }
        }
        seams = TelemetrySeams(
            environment: Dictionary(uniqueKeysWithValues: environment), userID: geteuid(),
            logger: Logger(program: product.name))
        let folder = product.home(userID: seams.userID, userFolder: seams.environment["HOME"])
        home = folder ?? "/nonexistent"
        problem = folder == nil ? "HOME is not set to an absolute path" : nil
    }
}

extension Product {
    /// The folder of the program's data; nil where a person has none.
    package func home(userID: UInt32, userFolder: String?) -> String? {
        if userID == 0 { return "/var/lib/\(name)" }
        guard let userFolder, userFolder.hasPrefix("/") else { return nil }
        return "\(userFolder)/.\(name)"
    }
}
