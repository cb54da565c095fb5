// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import Modules

extension Flag {
    static let from = Flag(
        "from", .string, value: "DAY", default: "insight_days back",
        help: "First day, as YYYY-MM-DD in UTC")
    static let to = Flag(
        "to", .string, value: "DAY", default: "today", help: "Last day, as YYYY-MM-DD in UTC")
    static let service = Flag(
        "service", .string, value: "NAME", default: "the one with most installations",
        help: "The program that it is about, by its service.name")
}

let insightCommand = Command(
    "insight", summary: "Print what was collected, in groups of k and more",
    discussion: [
        "Figures of a day that rest on fewer than k installations are left out, and nothing tells "
            + "whether there are any. So an event is counted by the table of its values, and by "
            + "itself only where it has no such table or several. A count below the "
            + "next multiple of k above the day's installations is told in steps of k. Figures of "
            + "several days are sums of the days on which they may be shown.",
        "A host program is shown with --service NAME. Its catalogue is not needed: only serve "
            + "checks events, and the store holds the names of what was counted.",
    ],
    flags: [.config, .store, .service, .from, .to, .k, .format, .quiet],
    examples: [
        .init(
            "arpguard-collector insight --store sqlite:collector.sqlite --from 2026-11-01",
            "Print what was collected since a day")
    ],
    json: insightMembers,
    action: printInsight)

private let insightMembers: [Command.Member] = [
    .init("service", "The program that it is about, by its service.name"),
    .init("services", "All of which there are figures"),
    .init("from", "The first day, in UTC"), .init("to", "The last day"),
    .init("k", "The fewest installations of a shown figure: smaller groups are not shown"),
    .init("active_installations", "How many the day with the most has; null if none has k"),
    .init("days[].day", "A day"),
    .init("days[].installations", "How many installations it has"),
    .init("days[].folded", "Whether only totals are left of it, which nothing changes"),
    .init(
        "*.rows[].*",
        "For events, versions, features, detection_runs, alerts, errors, properties and losses: "
            + "the words that tell a row from others, and the figures installations (at least so "
            + "many) and count (at least so much where count_at_least is true: small ones of a day "
            + "are told in steps of k). A version has no count, nor has an event with one table of "
            + "values, nor a value in one of several"),
    .init(
        "*.rows[].duration_ms.*",
        "Quantiles: p50, p90, p99; null where fewer than k reached it, or stayed within"),
    .init("*.rows[].days[].*", "The same figures for each day"),
    .init("*.rows[].days[].duration_ms.*", "Quantiles of the day"),
    .init("*.further_rows", "How many more rows there are, beyond 200; all of k or more"),
    .init("left_out.*", "What is in no figure, by reason, in steps of k"),
]

private func printInsight(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let service = invocation.command.string(.service)
    guard service != "" else {
        throw CommandFailure(
            "--service is empty",
            hint: "name a program, or leave it out for the one with most installations",
            status: .usage)
    }
    let options = try ServeOptions(invocation)
    let days = try invocation.insightRange(until: SystemClock().now().day, options.insightDays)
    let storage = try invocation.openWholeStore(options.store)
    do {
        invocation.output.render(
            try storage.insight(of: service, in: days, k: options.k).report)
    } catch {
        throw CommandFailure(error)
    }
    return .success
}

extension Invocation {
    /// The days that `--from` and `--to` name; without them the last `count` until a day.
    func insightRange(
        until last: Day, _ count: Int
    ) throws(CommandFailure) -> ClosedRange<Day> {
        do {
            return try InsightRange.days(
                from: command.string(.from), to: command.string(.to), today: last,
                count: count)
        } catch {
            // Days that this command takes, so that what is told to do works.
            let first = Day(number: last.number - 29)
            throw CommandFailure(
                error.description, hint: "write --from=\(first) --to=\(last)", status: .usage)
        }
    }
}
