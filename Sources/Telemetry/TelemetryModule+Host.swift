// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import Glibc
import Modules

/// What a module says of itself.
public struct ModuleStatus: Sendable, Equatable {
    /// All causes for which it may not record; empty if it may.
    public let blockedBy: [Cause]
    /// Whether it records. Without a cause it still does not before `initialize` and after
    /// `shutdown`, in a forked child, and while no journal can be made, which `problems` tells.
    public let isRecording: Bool
    /// What went wrong so far, each reason once, in the order of the alphabet.
    public let problems: [String]
    /// Calls of handlers that threw.
    public let handlerFailures: Int64
    /// Events that passed their handlers by, since too many waited for slow ones.
    public let handlerOverflows: Int64
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

    /// All causes for which this process may not record now; empty if it may. Whether it does is
    /// `status.isRecording`.
    public var blockedBy: [Cause] { Gate.causes(blocking: .recording, gate.read().facts) }

    /// Why the module records, or does not.
    public var status: ModuleStatus {
        let causes = blockedBy
        return ModuleStatus(
            blockedBy: causes, isRecording: causes.isEmpty && recorder.isRecording,
            problems: recorder.told,
            handlerFailures: handlers.counts.failed, handlerOverflows: handlers.counts.passedBy)
    }

    /// Calls `handler` for each event of a type that this module records, after it was stored: some
    /// seconds later, on a queue of its own, one after the other.
    ///
    /// Neither recording nor `shutdown` waits for a handler. One that throws is counted and told
    /// once; while 1,000 events wait for slow handlers, further ones pass them by and are counted.
    public func onEvent(
        _ type: String, _ handler: @escaping @Sendable (StoredEvent) throws -> Void
    ) {
        handlers.add(handler, for: type)
    }
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
        let names = ["HOME", "SUDO_UID", "DO_NOT_TRACK", product.environmentVariable]
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
