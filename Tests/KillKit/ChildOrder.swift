// SPDX-License-Identifier: Apache-2.0

/// What `kill-child` is told to do, as it stands on its command line.
package enum ChildOrder: Sendable, Equatable {
    /// Record until killed.
    case record(RecordingOrder)
    /// Hold the store's write lock until killed: print `locked`, then stop.
    case lock(folder: String)
    /// Record a number of events, and more while another thread shuts down; print the times.
    case host(folder: String, events: Int64)
    /// Record a number of events in each of several threads, while others decide, ask and shut
    /// down; with `isRacing` the threads also write one variable that nothing guards.
    case together(folder: String, events: Int64, isRacing: Bool)

    /// The arguments that `init(_:)` reads.
    package var arguments: [String] {
        switch self {
        case .record(let order): ["record"] + order.arguments
        case .lock(let folder): ["lock", folder]
        case .host(let folder, let events): ["host", folder, String(events)]
        case .together(let folder, let events, let isRacing):
            [isRacing ? "race" : "together", folder, String(events)]
        }
    }

    /// Reads a command line without the program's name; nil if it makes no sense.
    package init?(_ arguments: some Collection<String>) {
        let rest = Array(arguments.dropFirst())
        switch (arguments.first, rest.count) {
        case ("record", _):
            guard let order = RecordingOrder(rest) else { return nil }
            self = .record(order)
        case ("lock", 1): self = .lock(folder: rest[0])
        case ("host", 2):
            guard let events = Int64(rest[1]) else { return nil }
            self = .host(folder: rest[0], events: events)
        case ("together", 2), ("race", 2):
            guard let events = Int64(rest[1]) else { return nil }
            self = .together(
                folder: rest[0], events: events, isRacing: arguments.first == "race")
        default: return nil
        }
    }
}

/// How a process records until it is killed.
package struct RecordingOrder: Sendable, Equatable {
    /// After how many accepted events in all a process prints `ready`.
    package static let readyEvents = 1000

    /// The folder of the `KillHome`.
    package var folder: String
    /// The number of the first of its writers.
    package var firstWriter: Int
    /// How many threads record, each a writer.
    package var threads: Int
    /// After how many events of a writer the module is shut down and made anew; 0 means never.
    package var eventsPerModule: Int64
    /// Shuts the module down as soon as the first writer has its events, while the others record.
    package var shutsDownEarly: Bool
    /// Acknowledges each event before it is recorded: what the test must find out.
    package var acknowledgesFirst: Bool

    /// Describes what a process does.
    package init(
        folder: String, firstWriter: Int, threads: Int, eventsPerModule: Int64,
        shutsDownEarly: Bool = false, acknowledgesFirst: Bool = false
    ) {
        self.folder = folder
        self.firstWriter = firstWriter
        self.threads = threads
        self.eventsPerModule = eventsPerModule
        self.shutsDownEarly = shutsDownEarly
        self.acknowledgesFirst = acknowledgesFirst
    }

    fileprivate var arguments: [String] {
        [folder, String(firstWriter), String(threads), String(eventsPerModule)]
            + (shutsDownEarly ? ["shut-down-early"] : [])
            + (acknowledgesFirst ? ["acknowledge-first"] : [])
    }

    fileprivate init?(_ arguments: [String]) {
        guard (4...6).contains(arguments.count), let firstWriter = Int(arguments[1]),
            let threads = Int(arguments[2]), let eventsPerModule = Int64(arguments[3])
        else { return nil }
        self.init(
            folder: arguments[0], firstWriter: firstWriter, threads: threads,
            eventsPerModule: eventsPerModule,
            shutsDownEarly: arguments.dropFirst(4).contains("shut-down-early"),
            acknowledgesFirst: arguments.dropFirst(4).contains("acknowledge-first"))
    }
}
