// SPDX-License-Identifier: Apache-2.0

/// The one way for messages to reach a person: standard error, at once.
///
/// Form: `PROGRAM: error: WHAT`, then `PROGRAM: hint: WHAT TO DO`; lower-case, no full stop.
public struct Diagnostics: Sendable {
    private let program: String
    private let sink: any ByteSink
    private let isQuiet: Bool
    private let showsColours: Bool
    private let obeysCodes: Bool
    private let commands: ToldCommands?
    private var wording: @Sendable (String) -> String = { $0 }

    /// Messages in the name of a program; quiet ones leave out notices and warnings. A terminal
    /// gets `commands` whole.
    public init(
        program: String, to sink: any ByteSink, isQuiet: Bool = false, environment: Environment,
        commands: ToldCommands? = nil
    ) {
        self.commands = commands
        self.program = program
        self.sink = sink
        self.isQuiet = isQuiet
        showsColours = Colours.areShown(on: sink, environment: environment)
        obeysCodes = Colours.areObeyed(on: sink, environment: environment)
    }

    /// The same messages through a queue: saying something then waits for nobody. Whoever asks for
    /// it has the queue finish.
    public func queued() -> (diagnostics: Diagnostics, queue: QueuedSink) {
        let program = program
        let queue = QueuedSink(to: sink) { "\(program): \($0) messages found no room here\n" }
        return (Diagnostics(self, to: queue), queue)
    }

    /// The same messages, with what `wording` makes of each hint, notice and line: it is given what
    /// is said, without name and label. What is wrong is told as it is: that names files and passes
    /// on what others said.
    public func worded(_ wording: @escaping @Sendable (String) -> String) -> Diagnostics {
        var diagnostics = self
        diagnostics.wording = wording
        return diagnostics
    }

    private init(_ other: Diagnostics, to sink: any ByteSink) {
        program = other.program
        isQuiet = other.isQuiet
        showsColours = other.showsColours
        obeysCodes = other.obeysCodes
        wording = other.wording
        commands = other.commands
        self.sink = sink
    }

    /// Whether a line can be shown that is written over and in the end removed: on a terminal that
    /// obeys escape codes, to a person who wants more than errors.
    public var showsProgress: Bool { obeysCodes && !isQuiet }

    /// Says what could not be done, and what to do about it.
    public func error(_ message: String, hint: String) {
        write("error", .red, message)
        write("hint", .plain, wording(hint))
    }

    /// Says what a failure says.
    public func error(_ failure: CommandFailure) { error(failure.message, hint: failure.hint) }

    /// Says what was done, but perhaps not as meant.
    public func warning(_ message: String, hint: String? = nil) {
        guard !isQuiet else { return }
        write("warning", .yellow, message)
        if let hint { write("hint", .plain, wording(hint)) }
    }

    /// Says something that is not data and not wrong, without a label.
    public func notice(_ message: String) {
        guard !isQuiet else { return }
        write("\(program): \(Printable.line(wording(message)))")
    }

    /// Passes on a line that a logger made, label and all.
    public func line(_ line: String) {
        guard !isQuiet else { return }
        write(Printable.line(wording(line.hasSuffix("\n") ? String(line.dropLast()) : line)))
    }

    private func write(_ label: String, _ style: TextStyle, _ message: String) {
        let word = StyledText(label + ":", style)
        write("\(program): \(word.text) \(Printable.line(message))", label: word)
    }

    /// A terminal gets whole words on its lines, anything else the message in one line.
    private func write(_ text: String, label: StyledText? = nil) {
        var lines = [text]
        if let columns = sink.columns {
            lines = TextWrap.folded(text, columns: columns, keeping: commands)
        }
        if let label, showsColours, lines[0].hasPrefix("\(program): \(label.text)") {
            let rest = lines[0].dropFirst("\(program): \(label.text)".count)
            lines[0] = "\(program): \(label.rendered(withColours: true))\(rest)"
        }
        // Nobody is left to tell when standard error itself fails.
        try? sink.write(Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}
