// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// One `enable`: shows the terms, gets an answer, records it.
struct Enabling {
    let context: ProgramContext
    let setup: TelemetrySetup
    let invocation: Invocation

    func run() throws(CommandFailure) -> ExitStatus {
        let control = setup.control()
        try refuseIfForbidden(control)
        let terms = control.terms
        if let digest = invocation.command.string(.terms), digest != terms.digest {
            throw CommandFailure(
                "the terms are not those with digest \(digest)",
                hint: "review them with: arpguard telemetry enable")
        }
        setup.warnOfPath(invocation.diagnostics)
        let view = TermsView(
            terms: terms, config: setup.config, agreed: control.agreedTerms,
            changes: control.termsChanges,
            isIdentifierKnown: control.isIdentifierKnownElsewhere,
            leavesBehind: control.wouldLeaveBehind, told: setup.home.addressing)
        if invocation.command.isOn(.confirm) {
            try agree(control, terms, view)
            return .success
        }
        invocation.output.render(view.report(decision: nil))
        return try ask(control, terms, view)
    }

    /// On a terminal asks; elsewhere a yes must be said by a flag.
    private func ask(
        _ control: TelemetryControl, _ terms: ConsentTerms, _ view: TermsView
    ) throws(CommandFailure) -> ExitStatus {
        guard Terminal.isInteractive, invocation.output.format == .table else {
            throw CommandFailure(
                "nothing was changed: a yes must be confirmed",
                hint: "arpguard telemetry enable --confirm"
                    + (invocation.command.string(.terms).map { " --terms \($0)" } ?? ""))
        }
        invocation.output.flush()
        guard Terminal.answersYes(to: "Do you agree? [y/N] ") else {
            let isOn = control.causes(blocking: .recording).isEmpty
            invocation.diagnostics.notice(
                "nothing was changed; telemetry stays "
                    + (isOn ? "on; arpguard telemetry disable turns it off" : "off"))
            return .success
        }
        try agree(control, terms, nil)
        return .success
    }

    private func agree(
        _ control: TelemetryControl, _ terms: ConsentTerms, _ view: TermsView?
    ) throws(CommandFailure) {
        let rest = try view?.show(on: invocation.output)
        let blocked: [Cause]
        do throws(CommandFailure) {
            try context.prepareHome()
            if try setup.rememberPlace() {
                invocation.diagnostics.notice(
                    "the yes that stood in \(setup.place) was not known here and is taken back")
            }
            _ = try telling { try control.enable(terms) }
            blocked = control.causes(blocking: .recording)
        } catch {
            rest?(nil)
            throw error
        }
        rest?(blocked)
        invocation.output.flush()
        if blocked.isEmpty {
            invocation.diagnostics.notice(
                "telemetry is on; arpguard telemetry show prints what is recorded, arpguard "
                    + "telemetry disable takes your yes back")
        } else {
            let causes = control.words.list(blocked)
            invocation.diagnostics.warning(
                "your yes is kept, but nothing is recorded here: \(causes)",
                hint: "arpguard telemetry status tells more")
        }
    }

    private func refuseIfForbidden(_ control: TelemetryControl) throws(CommandFailure) {
        if let fault = setup.fault { throw fault.failure }
        if setup.config.enabled == false {
            throw CommandFailure(
                "\(setup.home.configurationPath) forbids telemetry: telemetry.enabled is false",
                hint: "arpguard config set telemetry.enabled true lets you decide here")
        }
        if control.causes(blocking: .recording).contains(.adminPolicy) {
            let path = Program.product.policyPath
            throw CommandFailure(
                control.words.isPolicyUnread
                    ? "\(path) can't be read, and may forbid telemetry"
                    : "the administrator forbids telemetry: \(path)",
                hint: control.words.remedy(of: .adminPolicy))
        }
    }
}

/// What a yes covers, for people and for programs.
struct TermsView {
    let terms: ConsentTerms
    let config: TelemetryModuleConfig
    /// What the last yes covered.
    let agreed: ConsentTerms?
    /// How these terms go further than the yes that stands.
    let changes: [TermsChange]
    /// Whether something was sent under the identifier that goes on.
    let isIdentifierKnown: Bool
    /// Whether what was recorded so far never leaves under this yes.
    let leavesBehind: Bool
    /// Has a text's commands reach this home.
    let told: (String) -> String

    /// Writes the terms out before a yes is recorded; throws where they can't be shown: nobody
    /// agrees to what was never seen. What is returned writes the rest, once it is known what was
    /// decided: programs get one object, whose last members say that.
    func show(on output: Output) throws(CommandFailure) -> ([Cause]?) -> Void {
        let after: ([Cause]?) -> Void
        switch output.format {
        case .table:
            output.render(report(decision: nil))
            after = { _ in }
        case .json:
            let begun = Self.beginning(of: termsJSON)
            output.raw(begun)
            after = { decision in
                let whole = JSONValue.object(json(decision)).serialized(.pretty)
                output.raw("\(whole.dropFirst(begun.count))\n")
            }
        }
        output.flush()
        guard output.isOpen else {
            throw CommandFailure(
                "nothing was changed: the terms can't be shown",
                hint: "let standard output go where it can be read")
        }
        return after
    }

    /// - Parameter decision: the causes that still block recording after a yes; nil before one.
    func report(decision: [Cause]?) -> Report {
        Report(text: text, json: .one(.object(json(decision))))
    }

    private var text: [Report.Block] {
        let events = terms.properties.filter { !$0.contains(".") }
        let lines = events.map { event in
            let properties = terms.properties.filter { $0.hasPrefix(event + ".") }
                .map { $0.dropFirst(event.count + 1) }
            return "  \(event): \(properties.joined(separator: ", "))"
        }
        let heading = "A yes lets this program record, from now on and in this home only:"
        let ending =
            "Each holds words from fixed lists, bounded numbers or yes/no, never an address, a "
            + "name or a packet."
        return ([heading] + lines + [ending]).map { .line(StyledText($0)) }
            + [.table(Table(pairs: conditions))]
    }

    /// What every batch tells beside its events.
    private static let envelope =
        "the program's version, the digest of its events, a hash of the secret that can ask for "
        + "erasure, and about how much was lost or dropped in review"

    private var conditions: [(name: String, value: StyledText)] {
        let place =
            terms.origin.map { "\($0), with a random installation identifier" }
            ?? "nowhere: recorded here only; sending needs a second yes"
        let fineness =
            terms.anonymizeData
            ? "the day instead of the time, rounded numbers, shuffled order"
            : "times to the second, exact numbers (telemetry.anonymize_data is false)"
        let retention =
            "\(config.storageRetentionDays) days here; delete-data removes it here\(erasure)"
        var pairs: [(name: String, value: StyledText)] = [
            ("where to:", StyledText(place)), ("how fine:", StyledText(fineness)),
            ("how long:", StyledText(retention)), ("terms:", StyledText(terms.digest)),
        ]
        if leavesBehind { pairs.insert(("so far:", StyledText(Self.behind)), at: 3) }
        if terms.origin != nil { pairs.insert(("with it:", StyledText(Self.envelope)), at: 1) }
        if goesElsewhere { pairs.insert(("with which:", StyledText(told(Self.sameOne))), at: 1) }
        if !changes.isEmpty {
            let texts = changes.map(\.description)
            pairs.insert(("changed:", StyledText(texts.joined(separator: "; "))), at: 0)
        }
        let added = agreed.map { terms.added(to: $0) } ?? []
        // Where all of it is new, the list above says so.
        if !added.isEmpty, added.count < terms.properties.count {
            pairs.append(("new:", StyledText(added.joined(separator: ", "))))
        }
        return pairs
    }

    private static let behind =
        "what was recorded before this yes stays here for you to see, and is never sent"

    /// Whether another place than that of the last yes is told an identifier that was sent before.
    private var goesElsewhere: Bool {
        isIdentifierKnown && terms.origin != nil && terms.origin != agreed?.origin
    }

    private static let sameOne =
        "the identifier under which was sent before, by which places that compare know it again; "
        + "for another one, first:  arpguard telemetry rotate-id --confirm"

    /// What a deletion here does about what was sent.
    private var erasure: String {
        guard terms.origin != nil else { return "" }
        return config.erasureEndpoint == nil
            ? "; what is sent there can't be erased, since \(TelemetryModuleConfig.noErasure)"
            : " and asks the collector to erase it"
    }

    /// An object as it is printed, without its end: more members can follow.
    private static func beginning(of object: JSONObject) -> String {
        String(JSONValue.object(object).serialized(.pretty).dropLast("\n}".count))
    }

    private var termsJSON: JSONObject {
        var object = terms.json.objectValue ?? [:]
        object["digest"] = .string(terms.digest)
        object["identifier_sent_before"] = .bool(goesElsewhere)
        object["leaves_behind"] = .bool(leavesBehind)
        object["storage_retention_days"] = .integer(Int64(config.storageRetentionDays))
        return object
    }

    private func json(_ decision: [Cause]?) -> JSONObject {
        var object = termsJSON
        object["agreed"] = .bool(decision != nil)
        object["blocked_by"] = .array((decision ?? []).map { .string($0.rawValue) })
        return object
    }
}
