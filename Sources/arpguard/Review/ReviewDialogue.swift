// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Telemetry

/// What a person types in a review.
enum ReviewOrder: Equatable {
    case list
    case look(Int)
    case act(ReviewAction, [Int])
    case help
    case quit

    /// Reads a line, where there are `count` batches; nil if it is no order. An empty line lists.
    init?(_ line: String, count: Int) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let rest = Array(words.dropFirst())
        switch (words.first ?? "list", rest.count) {
        case ("list", 0), ("l", 0): self = .list
        case ("help", 0), ("h", 0), ("?", 0): self = .help
        case ("quit", 0), ("q", 0): self = .quit
        case ("look", 1):
            guard let number = Self.numbers(rest, count)?.first else { return nil }
            self = .look(number)
        case ("release", 1): self.init(.release, rest, count)
        case ("withhold", 1): self.init(.withhold, rest, count)
        case ("drop", 2...):
            guard let batch = Self.numbers([rest[0]], count) else { return nil }
            let events = rest.dropFirst().map { Int($0) }
            if events.allSatisfy({ $0 != nil }) {
                self = .act(.drop(.events(Set(events.compactMap { $0 }))), batch)
            } else if rest.count == 2 {
                self = .act(.drop(.type(rest[1])), batch)
            } else {
                return nil
            }
        default: return nil
        }
    }

    private init?(_ action: ReviewAction, _ words: [String], _ count: Int) {
        let all = words == ["all"] ? Array(1..<count + 1) : nil
        guard let numbers = all ?? Self.numbers(words, count) else { return nil }
        self = .act(action, numbers)
    }

    private static func numbers(_ words: [String], _ count: Int) -> [Int]? {
        let numbers = words.compactMap { Int($0) }.filter { $0 >= 1 && $0 <= count }
        return numbers.count == words.count ? numbers : nil
    }
}

/// A review on a terminal, order by order, until the person has enough.
struct ReviewDialogue {
    private static let help = [
        "list              the batches that wait", "look N            the whole request of batch N",
        "drop N E [E...]   drop events E from batch N",
        "drop N TYPE       drop all events of a type from batch N",
        "release N | all   let it go with the next upload",
        "withhold N | all  keep it here, and never send it",
        "quit              decide on the rest another time",
    ]

    private let review: Reviewing
    private let diagnostics: Diagnostics

    init(_ review: Reviewing, _ diagnostics: Diagnostics) {
        self.review = review
        self.diagnostics = diagnostics
    }

    func run() throws(CommandFailure) {
        var batches = try review.batches()
        guard !batches.isEmpty else { return diagnostics.notice(try review.emptiness()) }
        review.list(batches)
        say(["type help for what you can do"])
        while let line = ask() {
            switch ReviewOrder(line, count: batches.count) {
            case .list: review.list(batches)
            case .look(let number): try review.look(at: batches[number - 1])
            case .help: say(Self.help)
            case .quit: return
            case .act(let action, let numbers):
                for number in numbers { perform(action, batches[number - 1].uid) }
                batches = try review.batches()
                review.list(batches)
                if batches.isEmpty { return }
            case nil:
                diagnostics.notice("the order was not understood; help lists those that there are")
            }
        }
    }

    /// What one batch refuses is said, and the dialogue goes on.
    private func perform(_ action: ReviewAction, _ uid: String) {
        do throws(CommandFailure) {
            try review.perform(action, on: uid)
        } catch {
            diagnostics.error(error)
        }
    }

    private func say(_ lines: [String]) {
        review.output.render(Report(text: lines.map { .line(StyledText($0)) }, json: .lines([])))
    }

    /// The next line; nil at the end of input.
    private func ask() -> String? {
        review.output.flush()
        return Terminal.line(after: "review> ")
    }
}
