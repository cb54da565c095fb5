// SPDX-License-Identifier: Apache-2.0

import Catalogue
public import CommandLineKit
import Modules
public import Telemetry

extension Program {
    /// This program, as telemetry names it.
    public static let product = Product(name, version: version)

    /// The telemetry section of the configuration file.
    static let telemetrySchema = TelemetryModuleConfig.schema(
        eventTypes: Catalogue.standard.events.map(\.name))
}

/// Telemetry for one home and one process: its configuration, and everything it takes from outside.
public struct TelemetrySetup: Sendable {
    /// The folder of configuration and data.
    public let home: Home
    /// What the configuration file says; the defaults where it has a fault.
    public internal(set) var config: TelemetryModuleConfig
    /// What is wrong with the configuration file; nil if nothing is.
    public let fault: ConfigurationError?
    /// Clock, randomness, files, environment.
    public internal(set) var seams: TelemetrySeams
    /// Whether a yes counts only where nothing is owed.
    var heedsDebts = true

    /// Reads the configuration of a home. A fault keeps telemetry off and is not thrown.
    public init(_ context: ProgramContext, _ invocation: Invocation) {
        let configuration = context.configurationFile.load()
        let variables = ["SUDO_UID", "DO_NOT_TRACK", Program.product.environmentVariable]
        let environment = variables.compactMap { name in
            invocation.environment[name].map { (name, $0) }
        }
        let diagnostics = invocation.diagnostics
        home = context.home
        fault = configuration.fault
        config = TelemetryModuleConfig(
            section: configuration.telemetry, userHome: context.home.userFolder ?? context.home.path
        )
        seams = TelemetrySeams(
            environment: Dictionary(uniqueKeysWithValues: environment), userID: context.userID,
            logger: Logger(program: Program.name) { diagnostics.line($0) }, files: context.files)
        seams.isHeard = !invocation.output.isQuiet
    }

    /// The same for work that tells by itself of the end of a deletion, which others leave to it.
    public var unheard: TelemetrySetup {
        var setup = self
        setup.seams.isHeard = false
        return setup
    }

    /// What a person decides and sees.
    public func control() -> TelemetryControl {
        TelemetryControl(
            for: Program.product, config: config, home: home.path,
            seams: seams(at: config.storagePath), configurationProblem: fault?.description)
    }

    /// What records.
    public func module() -> TelemetryModule {
        TelemetryModule(
            for: Program.product, config: config, home: home.path,
            seams: seams(at: config.storagePath), configurationProblem: fault?.description)
    }
}

extension CommandFailure {
    /// A failure of telemetry in the voice of the command line.
    public init(telemetry error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as TelemetryError: self.init(error.description, hint: error.hint)
        case let error as SystemError:
            self.init(
                "\(error)",
                hint: error.shortageHint ?? "make the folder readable and writable, or free space")
        default:
            self.init(
                "the telemetry store can't be used: \(error)",
                hint: TelemetryControl.isBusy(error)
                    ? "another process has it locked; try again"
                    : TelemetryControl.shortageHint(error)
                        ?? "free space if the disk is full, then try again")
        }
    }
}

/// Runs `body`, and puts what it throws into the voice of the command line.
public func telling<Result>(_ body: () throws -> Result) throws(CommandFailure) -> Result {
    do {
        return try body()
    } catch {
        throw CommandFailure(telemetry: error)
    }
}
