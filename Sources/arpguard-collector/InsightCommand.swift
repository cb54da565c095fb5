// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import Modules

private let fromFlag = Flag(
    "from", .string, value: "DAY", default: "30 days back", help: "First day, as YYYY-MM-DD in UTC")
private let toFlag = Flag(
    "to", .string, value: "DAY", default: "today", help: "Last day, as YYYY-MM-DD in UTC")
private let kFlag = Flag(
    "k", .integer(Int64(Insight.kBounds.lowerBound)...Int64(Insight.kBounds.upperBound)),
    default: "10", help: "The fewest installations that a shown figure rests on")
private let insightDays = 30

let insightCommand = Command(
    "insight", summary: "Print what was collected, in groups of k and more",
    discussion: [
        "Figures that rest on fewer than k installations are left out and counted, and so is the "
            + "smallest other one of a table where the total would give them away."
    ],
    flags: [.store, fromFlag, toFlag, kFlag, .format, .quiet],
    examples: [
        .init(
            "arpguard-collector insight --store sqlite:collector.sqlite --from 2026-11-01",
            "Print what was collected since a day")
    ],
    action: printInsight)

private func printInsight(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let days = try range(invocation)
    let storage = try invocation.openWholeStore()
    do {
        let k = invocation.command.integer(kFlag).map { Int($0) } ?? 10
        invocation.output.render(try storage.insight(in: days, k: k).report)
    } catch {
        throw CommandFailure(error)
    }
    return .success
}

private func range(_ invocation: Invocation) throws(CommandFailure) -> ClosedRange<Day> {
    do {
        return try InsightRange.days(
            from: invocation.command.string(fromFlag), to: invocation.command.string(toFlag),
            today: SystemClock().now().day, count: insightDays)
    } catch {
        throw CommandFailure(
            error.description, hint: "write --from=2026-11-01 --to=2026-11-30", status: .usage)
    }
}
