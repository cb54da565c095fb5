// SPDX-License-Identifier: Apache-2.0

public import Catalogue
public import Modules
public import SQLite

/// Everything that telemetry takes from outside; a test or a simulator puts its own in.
public struct TelemetrySeams: Sendable {
    /// The time.
    public var clock: any WallClock
    /// Randomness for identifiers, secrets, batch ids and order.
    public var random: any RandomSource
    /// Files.
    public var files: any FileSystem
    /// Opens the store's database.
    public var openDatabase: @Sendable (String, Connection.Mode) throws(SQLiteError) -> Connection
    /// The process's environment variables.
    public var environment: [String: String]
    /// The file that tells machines apart.
    public var machineIDPath: String
    /// The administrator's file, if not where the product says.
    public var policyPath: String?
    /// The user number under which the process runs.
    public var userID: UInt32
    /// What this machine and its person are called: no identifier may hold it. Whoever called sudo
    /// is known by `SUDO_UID` in the environment.
    public var ownNames: OwnNames
    /// Where messages for people go.
    public var logger: Logger
    /// Whether a person hears what is logged. Where none does, the end of a deletion is left to be
    /// told by whoever is heard next.
    package var isHeard = true
    /// Why a yes that stands does not count, in words; nil if it does. Asked whenever the gate is.
    package var obstacle: @Sendable () -> String? = { nil }
    /// What has a yes count again that does not, where a new yes is refused too; nil where that is
    /// what does.
    package var obstacleRemedy: @Sendable () -> String? = { nil }
    /// Called once all that is in the folder will be deleted, by whoever ends what was begun, and
    /// before that is done.
    package var deletionBegins: @Sendable () -> Void = {}
    /// Called once a no is written down in the folder, before anybody else can decide there.
    package var noStands: @Sendable () -> Void = {}
    /// Hears of each event, or property of one, that the catalogue refuses; nil where nobody does.
    package var refused: (@Sendable (EventRefusal) -> Void)?
    /// The name of the host's program, which begins what a person types; nil where none is known.
    var program: String?
    /// The files for whose users this process has waited in vain.
    let vainWaits = VainWaits()
    /// Whether a yes that stands is, as far as can be seen, that of another home.
    package var isOthers: @Sendable () -> Bool = { false }
    /// How the configuration changed since it was read. An upload asks before each batch and each
    /// request for erasure, and again and again while a batch is on its way.
    package var reconfiguration: @Sendable () -> Reconfiguration = { .none }

    /// Takes the machine's own clock, randomness, files and SQLite, except for what is given.
    public init(
        environment: [String: String], userID: UInt32, logger: Logger,
        clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom(),
        files: any FileSystem = RealFileSystem(), machineIDPath: String = "/etc/machine-id",
        policyPath: String? = nil, ownNames: OwnNames? = nil,
        openDatabase:
            @escaping @Sendable (String, Connection.Mode) throws(SQLiteError) ->
            Connection = { path, mode throws(SQLiteError) in try Connection(path: path, mode: mode)
            }
    ) {
        self.environment = environment
        self.userID = userID
        self.logger = logger
        self.clock = clock
        self.random = random
        self.files = files
        self.machineIDPath = machineIDPath
        self.policyPath = policyPath
        self.ownNames =
            ownNames ?? OwnNames { MachineNames.read(sudoUID: environment["SUDO_UID"]) }
        self.openDatabase = openDatabase
    }

    /// A command of telemetry as a person types it.
    func command(_ words: String) -> String {
        (program.map { "\($0) " } ?? "") + "telemetry \(words)"
    }
}
