// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
private import Glibc
private import Modules

/// What the executables have in common: name, version, and how they start.
public enum Program {
    /// The name that a person types, and in which messages speak.
    public static let name = "arpguard"
    /// The version of all executables; they are built and installed together.
    public static let version = "0.1.0"
    /// The variable by which a program tells a helper which version it expects.
    public static let expectedVersionVariable = "ARPGUARD_EXPECT_VERSION"

    /// Runs this process's command line with `root`, and ends the process.
    ///
    /// - Parameter voice: the name that messages begin with; a helper speaks for `arpguard`.
    public static func run(_ root: Command, voice: String = Program.name) -> Never {
        // Libraries for TLS write the secrets of every session to the file that it names.
        unsafe unsetenv("SSLKEYLOGFILE")
        // Where not even that can be done, there may be no place to tell it.
        do { try StandardDescriptors.fill() } catch { exit(ExitStatus.failure.rawValue) }
        if let fault = versionFault(of: root.name, in: .process) {
            let sink = DescriptorSink.standardError
            Diagnostics(program: voice, to: sink, environment: .process).error(fault)
            exit(fault.status.rawValue)
        }
        // It is said to this program alone, and not to what a person has that one start.
        unsafe unsetenv(expectedVersionVariable)
        CommandLineTool(
            root, version: version, voice: voice, commands: commands, adapting: addressing
        ).main()
    }

    /// Has messages tell commands so that they reach the home that this one is about.
    private static func addressing(_ invocation: Invocation) -> Invocation {
        guard invocation.command.declares(.home),
            let home = try? ProgramContext.home(invocation)
        else { return invocation }
        return invocation.telling(by: invocation.diagnostics.worded { home.addressing($0) })
    }

    /// Why this program does not serve the one that started it; nil if it does, or a person did.
    static func versionFault(
        of program: String, in environment: Environment
    ) -> CommandFailure? {
        guard let expected = environment[expectedVersionVariable], expected != version else {
            return nil
        }
        return CommandFailure(
            "\(program) is version \(version), but version \(expected) was expected",
            hint: "install all programs of \(name) from one package")
    }
}
