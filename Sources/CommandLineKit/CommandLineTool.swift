// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// A program: a tree of commands, and what surrounds each of them.
///
/// Understands the command line, prints help and version, runs the action, reports what it
/// throws, and turns every end into an exit status.
public struct CommandLineTool: Sendable {
    /// The program's own name is the first command's.
    public let root: Command
    private let version: String
    private let voice: String
    private let commands: ToldCommands
    private let adapting: @Sendable (Invocation) -> Invocation

    /// A program; `version` is what `--version` prints after the name.
    ///
    /// - Parameters:
    ///   - voice: the name that messages begin with, where a helper speaks for the program that a
    ///     person started; otherwise the program's own.
    ///   - commands: what messages and reports tell to type, where that is more than its own.
    ///   - adapting: what an action is given, made from what it would be given.
    public init(
        _ root: Command, version: String, voice: String? = nil,
        commands: ToldCommands? = nil,
        adapting: @escaping @Sendable (Invocation) -> Invocation = { $0 }
    ) {
        self.root = root
        self.version = version
        self.voice = voice ?? root.name
        self.commands = commands ?? ToldCommands(of: root)
        self.adapting = adapting
    }

    /// Runs this process's command line and ends the process.
    public func main() -> Never {
        // A write to a pipe nobody reads shall be an error of write(2), not a signal.
        _ = signal(SIGPIPE, SIG_IGN)
        let status = run(
            Array(CommandLine.arguments.dropFirst()), environment: .process,
            standardOutput: DescriptorSink.standardOutput,
            standardError: DescriptorSink.standardError)
        exit(status.rawValue)
    }

    /// Runs the words of a command line and returns how it ended; all output is written by then.
    public func run(
        _ words: [String], environment: Environment, standardOutput: any ByteSink,
        standardError: any ByteSink
    ) -> ExitStatus {
        let plain = Diagnostics(
            program: voice, to: standardError, environment: environment, commands: commands)
        do {
            switch try Parser.parse(words, with: root) {
            case .run(let command):
                return run(command, environment, standardOutput, standardError)
            case .help(let commands):
                let columns = standardOutput.columns ?? HelpScreen.columnsMax
                let help = HelpScreen(of: commands, columns: columns).text
                return show(help, to: standardOutput, environment, plain)
            case .version:
                let line = "\(root.name) \(version)\n"
                return show(line, to: standardOutput, environment, plain)
            }
        } catch {
            plain.error(error.message, hint: error.hint)
            return .usage
        }
    }

    private func run(
        _ command: ParsedCommand, _ environment: Environment, _ standardOutput: any ByteSink,
        _ standardError: any ByteSink
    ) -> ExitStatus {
        let isQuiet = command.isQuiet
        let diagnostics = Diagnostics(
            program: voice, to: standardError, isQuiet: isQuiet, environment: environment,
            commands: commands)
        let output = Output(
            to: standardOutput, format: command.format, isQuiet: isQuiet, environment: environment,
            commands: commands)
        let invocation = adapting(
            Invocation(
                command: command, output: output, diagnostics: diagnostics,
                environment: environment))
        var status = ExitStatus.success
        do throws(CommandFailure) {
            status = try command.act(on: invocation)
        } catch {
            output.flush()
            invocation.diagnostics.error(error)
            status = error.status
        }
        return finish(output, diagnostics, status)
    }

    private func show(
        _ text: String, to sink: any ByteSink, _ environment: Environment,
        _ diagnostics: Diagnostics
    ) -> ExitStatus {
        let output = Output(to: sink, environment: environment)
        output.raw(text)
        return finish(output, diagnostics, .success)
    }

    /// Writes what waits. Lost output is a failure, unless its reader had seen enough: what was
    /// found was found all the same.
    private func finish(
        _ output: Output, _ diagnostics: Diagnostics, _ status: ExitStatus
    ) -> ExitStatus {
        output.flush()
        switch output.failure {
        case nil, .readerHasGone:
            return status
        case .some(let failure):
            diagnostics.error(CommandFailure(outputLost: failure))
            return .failure
        }
    }
}

extension ParsedCommand {
    /// Whether the command has `--quiet` and it was given.
    var isQuiet: Bool { declares(.quiet) && isOn(.quiet) }

    /// The format asked for; a table where the command has no `--format`.
    var format: OutputFormat {
        guard declares(.format), let word = string(.format) else { return .table }
        return OutputFormat(rawValue: word) ?? .table
    }

    /// Whether any of the commands accepts the flag.
    public func declares(_ flag: Flag) -> Bool { commands.contains { $0.flags.contains(flag) } }

    /// Runs the last command's action.
    fileprivate func act(on invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        guard let action = commands.last?.action else {
            throw CommandFailure(
                "'\(pathText)' does nothing by itself", hint: "see '\(pathText) --help'",
                status: .usage)
        }
        return try action(invocation)
    }
}
