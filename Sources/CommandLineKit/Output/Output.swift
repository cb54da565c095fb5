// SPDX-License-Identifier: Apache-2.0

public import JSON
private import Synchronization

/// The one way for a command's data to reach standard output.
///
/// Writing never throws: after a failed write the rest is dropped, and the program's end reports
/// the failure. A reader that has gone is no failure. Long work looks at ``isOpen``.
public final class Output: Sendable {
    /// Bytes that wait before they are written in one go.
    static let bufferBytesMax = 64 * 1024

    /// The form in which data is printed.
    public let format: OutputFormat
    /// Whether nothing is printed at all.
    public let isQuiet: Bool

    private struct State {
        var buffer: [UInt8] = []
        var failure: SinkError?
        /// Whether what was written ends in the middle of a line.
        var isCut = false
    }

    private let sink: any ByteSink
    private let showsColours: Bool
    private let columns: Int?
    private let commands: ToldCommands?
    private let state = Mutex(State())
    private let isGivenUp = Atomic(false)

    /// An output in one format; colours only where the sink is a terminal that wants them, and
    /// `commands` whole there.
    public init(
        to sink: any ByteSink, format: OutputFormat = .table, isQuiet: Bool = false,
        environment: Environment, commands: ToldCommands? = nil
    ) {
        self.commands = commands
        self.sink = sink
        self.format = format
        columns = sink.columns
        self.isQuiet = isQuiet
        showsColours = Colours.areShown(on: sink, environment: environment)
    }

    /// Whether what is printed still reaches someone.
    public var isOpen: Bool { !hasGivenUp && failure == nil }

    /// Why writing has stopped; nil while it has not, or where it was given up.
    var failure: SinkError? { hasGivenUp ? nil : state.withLock { $0.failure } }

    private var hasGivenUp: Bool { isGivenUp.load(ordering: .relaxed) }

    /// Prints the report in this output's format.
    public func render(_ report: Report) {
        switch format {
        case .table:
            for block in report.text { write(block) }
        case .json:
            switch report.json {
            case .one(let value): append(value.serialized(.pretty) + "\n")
            case .lines(let values): for value in values { append(value: value) }
            }
        }
    }

    /// Prints one record of a stream: a line of text, or one line of JSON.
    ///
    /// Only the form that is printed is built.
    public func record(text: @autoclosure () -> StyledText, json: @autoclosure () -> JSONValue) {
        guard !isQuiet else { return }
        switch format {
        case .table: write(.line(text()))
        case .json: append(value: json())
        }
    }

    /// Prints text as it is, in every format: help, generated documents.
    public func raw(_ text: String) { append(text) }

    /// Prints bytes as they are, in every format.
    public func raw(bytes: [UInt8]) { append(bytes) }

    /// Writes what waits.
    public func flush() {
        if hasGivenUp { return }
        state.withLock { flush(&$0) }
    }

    /// Writes what waits, or throws; a live stream calls it after each record. What could not be
    /// written is dropped, and the next record is tried again: a disk may have room again. A
    /// reader that has gone does not come back.
    public func deliver() throws(SinkError) {
        try state.withLock { state throws(SinkError) in
            flush(&state)
            guard let failure = state.failure else { return }
            if failure != .readerHasGone { state.failure = nil }
            if case .cut = failure { state.isCut = true }
            throw failure
        }
    }

    /// Drops everything from here on, without waiting for a write that is under way: for the end
    /// of a program whose output nobody takes. Whoever calls it says so.
    public func giveUp() { isGivenUp.store(true, ordering: .relaxed) }

    private func write(_ block: Report.Block) {
        switch block {
        case .blank: append("\n")
        case .line(let line):
            for part in line.folded(columns: columns, keeping: commands) {
                append(part.rendered(withColours: showsColours) + "\n")
            }
        case .table(let table):
            let lines = table.lines(
                withColours: showsColours, columns: columns, keeping: commands)
            for line in lines { append(line + "\n") }
        }
    }

    private func append(value: JSONValue) { append(value.serialized(.compact) + "\n") }

    private func append(_ text: String) { append(Array(text.utf8)) }

    private func append(_ bytes: [UInt8]) {
        guard !isQuiet, !hasGivenUp else { return }
        state.withLock { state in
            guard state.failure == nil else { return }
            if state.isCut { state.buffer.append(UInt8(ascii: "\n")) }
            state.isCut = false
            state.buffer += bytes
            if state.buffer.count >= Self.bufferBytesMax { flush(&state) }
        }
    }

    private func flush(_ state: inout State) {
        guard state.failure == nil, !state.buffer.isEmpty else { return }
        do {
            try sink.write(state.buffer)
        } catch {
            state.failure = error
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}

extension Output {
    /// Writes what waits and what the rest of the command is useless without, such as a server's
    /// address, or throws what ends the command. A reader that has gone had seen enough.
    public func deliverVital() throws(CommandFailure) {
        do throws(SinkError) {
            try deliver()
        } catch {
            guard error != .readerHasGone else { return }
            throw CommandFailure(outputLost: error)
        }
    }
}

extension CommandFailure {
    init(outputLost error: SinkError) {
        self.init(
            "standard output can't be written: \(error)",
            hint: "what is missing was not printed; let the output go where there is room")
    }
}
