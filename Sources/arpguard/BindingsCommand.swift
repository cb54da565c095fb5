// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import WatchRecords

extension Flag {
    /// `--forget`: whose owner is no expectation any more.
    fileprivate static let forget = Flag(
        "forget", .string, value: "IP",
        help: "Forget who had this address, since the station was replaced")
}

extension Command {
    /// `bindings`: who has which address, as a watch last wrote it down.
    static let bindings = Command(
        "bindings", summary: "List who has which address, as a watch has learnt it",
        discussion: [
            "The last heard comes first. A watch writes them down every minute and at its end; "
                + "addresses that several stations claim are left out.",
            "A watch takes whoever had an address for its owner, until a station that was replaced "
                + "is forgotten: --forget prints what was known of it. A watch that runs follows "
                + "within a minute, and forgets too which addresses are contested. Whoever is "
                + "heard to have the address next is its owner then, so look at the new station "
                + "first; better still, declare it in detection.static_bindings.",
            "With --format json prints one object a line.",
        ],
        flags: [.forget],
        examples: [
            .init("arpguard bindings", "List them"),
            .init("sudo arpguard bindings --forget 192.0.2.1", "A router was replaced"),
        ],
        json: [
            .init("interface", "Where it was heard"),
            .init("vlans", "The VLANs, outermost first"),
            .init("ip", "The IPv4 address"),
            .init("mac", "The MAC address of its owner"),
            .init("first_seen", "When the pair was first written down"),
            .init("last_seen", "When the owner was last heard"),
        ]
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        return try TelemetrySetup(context, invocation).measure("bindings") {
            () throws(CommandFailure) in
            guard let address = invocation.command.string(.forget) else {
                return try list(context, invocation)
            }
            return try forget(address, context, invocation)
        }
    }

    private static func list(
        _ context: ProgramContext, _ invocation: Invocation
    ) throws(CommandFailure) -> ExitStatus {
        let store = BindingStore(home: context.home.path, files: context.files)
        let bindings: [StoredBinding]
        do throws(BindingStore.Fault) {
            bindings = try store.read()
        } catch {
            throw CommandFailure(error)
        }
        if bindings.isEmpty {
            invocation.diagnostics.notice(
                context.isWatched
                    ? "no bindings are known yet: the watch that runs here writes them down every "
                        + "minute"
                    : "no bindings are known: arpguard watch learns them")
        }
        invocation.output.render(Report(bindings))
        return .success
    }

    private static func forget(
        _ address: String, _ context: ProgramContext, _ invocation: Invocation
    ) throws(CommandFailure) -> ExitStatus {
        guard AddressForms.isIPv4(address) else {
            throw CommandFailure(
                "--forget \(address) is no IPv4 address", hint: "for example --forget 192.0.2.1",
                status: .usage)
        }
        let store = BindingStore(home: context.home.path, files: context.files)
        let isWatched = context.isWatched
        var known: [StoredBinding] = []
        do throws(BindingStore.Fault) {
            if isWatched || store.isThere { known = try store.forget(address) }
        } catch {
            throw CommandFailure(error)
        }
        invocation.output.render(Report(known))
        invocation.output.flush()
        let diagnostics = invocation.diagnostics
        if known.isEmpty { diagnostics.notice("no binding of \(address) was written down here") }
        if isWatched {
            diagnostics.notice("the watch that runs here forgets what it knows within a minute")
        } else if known.isEmpty {
            context.tellOtherWatches(diagnostics)
        }
        return .success
    }
}

extension CommandFailure {
    /// A store that can't be used, for somebody at a terminal.
    fileprivate init(_ fault: BindingStore.Fault) {
        switch fault {
        case .damaged(let path):
            self.init(
                "the file of bindings is damaged: \(path)",
                hint: "the next watch sets it aside and learns anew")
        case .newer:
            self.init(
                "the bindings were written by a newer version",
                hint: "install all programs of \(Program.name) from one package")
        case .unusable(let reason):
            self.init(
                "the file of bindings can't be used: \(reason)",
                hint: "run the command as the owner of the home")
        }
    }
}

extension Report {
    fileprivate init(_ bindings: [StoredBinding]) {
        let columns = ["IP", "MAC", "INTERFACE", "VLAN", "FIRST SEEN", "LAST SEEN"]
        var table = Table(columns.map { Table.Column($0) })
        for binding in bindings {
            table.append(
                [
                    binding.address, binding.hardware, binding.interface, binding.vlans,
                    binding.first, binding.last,
                ].map { StyledText($0) })
        }
        self.init(text: bindings.isEmpty ? [] : [.table(table)], json: .lines(bindings.map(\.json)))
    }
}

extension StoredBinding {
    fileprivate var first: String { Timestamp(nanoseconds: firstSeen).rfc3339 }
    fileprivate var last: String { Timestamp(nanoseconds: lastSeen).rfc3339 }

    fileprivate var json: JSONValue {
        let numbers = vlans.split(separator: ".").compactMap { Int64($0) }
        return [
            "interface": .string(interface), "vlans": .array(numbers.map { .integer($0) }),
            "ip": .string(address), "mac": .string(hardware), "first_seen": .string(first),
            "last_seen": .string(last),
        ]
    }
}
