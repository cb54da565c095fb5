// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import CommandLineKit
internal import JSON
internal import Modules

let checkCommand = Command(
    "check", summary: "Check configuration, catalogues, keys and the store, without serving",
    discussion: [
        "Reads what serve would read, with the same flags, and the whole store if there is one."
    ],
    flags: Flag.serving + [.format, .quiet],
    json: [
        .init("services", "The programs whose events are taken, by service.name"),
        .init("store_exists", "Whether there is a store"),
    ],
    action: check)

private func check(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let options = try ServeOptions(invocation)
    let configuration = try options.configuration()
    options.warnOfOpenSecrets(invocation.diagnostics)
    let isStoreThere = try invocation.isStoreThere(options.store)
    if isStoreThere { _ = try invocation.openWholeStore(options.store, isRead: true) }
    let services = configuration.policy.catalogues.keys.sorted()
    invocation.output.render(
        Report(
            text: [
                .line(
                    isStoreThere
                        ? "configuration and store are sound"
                        : "the configuration is sound; there is no store yet, serve makes it")
            ]
                + services.map { .line("collects for \($0)") },
            json: .one([
                "services": .array(services.map { .string($0) }),
                "store_exists": .bool(isStoreThere),
            ])))
    return .success
}

let purgeCommand = Command(
    "purge", summary: "Fold closed days into totals and delete what passed its time, now",
    discussion: [
        "serve does so by itself once a day; this is for a store that is not served any more, or "
            + "after open_days or totals_days were lowered."
    ],
    flags: [.config, .store, .confirm, .format, .quiet],
    json: [
        .init("first_open_day", "The first day that is not folded into totals"),
        .init("first_totals_day", "The first day of which anything is kept"),
    ],
    action: purge)

extension Flag {
    static let confirm = Flag("confirm", help: "Do it: what is deleted can't be had back")
}

private func purge(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let options = try ServeOptions(invocation)
    let policy = options.retention
    let today = SystemClock().now().day
    let isConfirmed = invocation.command.isOn(.confirm)
    let storage = try invocation.openWholeStore(options.store, migrates: isConfirmed)
    guard isConfirmed else {
        throw CommandFailure(
            "nothing was changed: days before \(policy.firstOpenDay(on: today)) would be folded, "
                + "and totals before \(policy.firstTotalsDay(on: today)) deleted",
            hint: "add --confirm to do it")
    }
    do {
        try storage.expire(by: policy, on: today)
        try storage.overwriteDeleted()
    } catch {
        throw CommandFailure(error)
    }
    let (open, totals) = (policy.firstOpenDay(on: today), policy.firstTotalsDay(on: today))
    invocation.output.render(
        Report(
            text: [
                .line("days before \(open) are totals now"),
                .line("nothing is kept of days before \(totals)"),
            ],
            json: .one([
                "first_open_day": .string(open.description),
                "first_totals_day": .string(totals.description),
            ])))
    return .success
}

let exportStaticCommand = Command(
    "export-static", summary: "Write the insight as files that need no server, for publishing",
    discussion: [
        "Writes index.html, style.css, and a page and a JSON file for each service, for everybody "
            + "to read. They hold nothing that the insight page does not show. What an earlier "
            + "export wrote there and this one does not is removed and named; a file that none "
            + "wrote is never written over.",
        "Of days that are folded alone, which nothing changes any more. Two exports of a day that "
            + "is open, one before and one after a late batch or an erasure, differ by the numbers "
            + "of one installation: who reads both knows them. --open writes such days too.",
    ],
    flags: [.config, .store, .from, .to, .open, .k, .format, .quiet],
    arguments: [Argument("DIR", .one, .path, help: "The folder; it is made if it is missing")],
    examples: [
        .init(
            "arpguard-collector export-static --store sqlite:collector.sqlite public",
            "Write the last thirty days that are folded into public/")
    ],
    json: [
        .init("files", "The files that were written"),
        .init("removed", "Files of an earlier export that were removed"),
    ],
    action: exportStatic)

extension Flag {
    static let open = Flag(
        "open", help: "Also days up to yesterday that can still change, and tell by how they do")
}

/// The days that may be exported.
private func exportDays(
    _ invocation: Invocation, _ options: ServeOptions
) throws(CommandFailure) -> ClosedRange<Day> {
    let today = SystemClock().now().day
    let isOpen = invocation.command.isOn(.open)
    let last = Day(
        number: (isOpen ? today : options.retention.firstOpenDay(on: today)).number - 1)
    let days = try invocation.insightRange(until: last, options.insightDays)
    guard days.upperBound > last else { return days }
    throw CommandFailure(
        isOpen
            ? "\(last) is the last day that may be published: two exports of a day that goes on "
                + "tell what came between them"
            : "days after \(last) are open: what is published of them can still change, and tell "
                + "the numbers of one installation",
        hint: "export up to --to=\(last)"
            + (isOpen ? "" : ", name the collector's open_days by --config, or add --open"))
}

private func exportStatic(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let options = try ServeOptions(invocation)
    let folder = invocation.command.argument("DIR") ?? "."
    let isFinal = !invocation.command.isOn(.open)
    let days = try exportDays(invocation, options)
    let storage = try invocation.openWholeStore(options.store)
    do {
        let first = try storage.insight(in: days, k: options.k, isFinal: isFinal)
        var insights = [first]
        for service in first.services where service != first.service {
            insights.append(
                try storage.insight(of: service, in: days, k: options.k, isFinal: isFinal))
        }
        let export = StaticExport(insights, retention: options.retention)
        let removed = try export.write(to: folder, fileSystem: RealFileSystem())
        invocation.output.render(exportReport(export, removed, folder))
        if insights.allSatisfy(\.daily.isEmpty) {
            warnOfNoFigures(invocation, days, k: options.k, openDays: options.retention.openDays)
        }
    } catch let error as StorageError {
        throw CommandFailure(error)
    } catch let error as StaticExportError {
        throw CommandFailure(error.description, hint: error.hint)
    } catch {
        throw CommandFailure(
            "can't export: \(error)", hint: "arpguard-collector check looks the store through")
    }
    return .success
}

/// Pages without a figure look as if something had failed.
private func warnOfNoFigures(
    _ invocation: Invocation, _ days: ClosedRange<Day>, k: Int, openDays: Int
) {
    let isOpen = invocation.command.isOn(.open)
    invocation.diagnostics.warning(
        "the pages hold no figures: of \(days.lowerBound) to \(days.upperBound) no day "
            + (isOpen ? "" : "is folded and ") + "has \(k) installations or more",
        hint: isOpen
            ? "export again tomorrow: today counts once it is over"
            : "wait until a day is folded, \(openDays) days (open_days) after it, or add --open")
}

private func exportReport(
    _ export: StaticExport, _ removed: [String], _ folder: String
) -> Report {
    let names = export.files.map { "\(folder)/\($0.name)" }
    let gone = removed.map { "\(folder)/\($0)" }
    return Report(
        text: names.map { .line("\($0)") } + gone.map { .line("removed \($0)") },
        json: .one([
            "files": .array(names.map { .string($0) }),
            "removed": .array(gone.map { .string($0) }),
        ]))
}
