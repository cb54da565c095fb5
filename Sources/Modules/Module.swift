// SPDX-License-Identifier: Apache-2.0

/// A part of a program with a beginning and an end.
///
/// A module is an instance: it holds its configuration and everything that it needs, and two of
/// them in one process don't know of each other.
public protocol Module: AnyObject, Sendable {
    /// What the module is set up with; fixed for its life.
    associatedtype Configuration: Sendable

    /// The module's name in messages: lower case, no blanks.
    var name: String { get }

    /// What the module was set up with.
    var configuration: Configuration { get }

    /// Takes up work. Throws if the module can't; it then holds nothing that needs a shutdown.
    func initialize() throws

    /// Ends work and gives everything back. Bounded in time; may be called more than once.
    func shutdown()
}

/// Modules that start in order and stop in reverse.
public final class ModuleGroup: Sendable {
    private let modules: [any Module]
    private let logger: Logger

    /// Makes a group; the first module starts first and stops last.
    public init(_ modules: [any Module], logger: Logger) {
        self.modules = modules
        self.logger = logger
    }

    /// Starts all modules in order.
    ///
    /// If one throws, those that had started are stopped in reverse and its error is passed on.
    public func start() throws {
        for (index, module) in modules.enumerated() {
            do {
                try module.initialize()
                logger.log(.debug, "\(module.name) started")
            } catch {
                stop(modules[..<index])
                throw error
            }
        }
    }

    /// Stops all modules, the last one first.
    public func stop() {
        stop(modules[...])
    }

    private func stop(_ started: ArraySlice<any Module>) {
        for module in started.reversed() {
            module.shutdown()
            logger.log(.debug, "\(module.name) stopped")
        }
    }
}
