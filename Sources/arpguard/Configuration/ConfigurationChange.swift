// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

/// One `config set` or `config unset`.
struct ConfigurationChange {
    let key: String
    /// The new value as typed; nil takes the key out of the file.
    let value: String?

    /// Changes the file. Other faults in it are told, but don't keep a person from mending one.
    func perform(
        in context: ProgramContext, _ invocation: Invocation
    ) throws(CommandFailure) {
        try refuseRepaired()
        let file = context.configurationFile
        let old = try file.readContent()
        if value == nil, let rest = file.schema.removing(unknown: key, from: old) {
            try write(rest, to: file, in: context, invocation)
            return
        }
        let key = try ConfigurationKey(key, in: file.schema)
        if value == nil, key.value(in: old) == nil {
            invocation.diagnostics.notice("\(self.key) is not in the file; its default holds")
            return
        }
        let content =
            try value.map { value throws(CommandFailure) in
                try key.setting(value, in: old)
            } ?? key.removing(from: old)
        let before = TelemetrySetup(context, invocation)
        try write(content, to: file, in: context, invocation, key)
        tellPlace(before, TelemetrySetup(context, invocation), invocation)
        tellConsent(context, invocation, wasForbidden: before.config.enabled == false)
        if self.key == "telemetry.upload_url" {
            TelemetrySetup(context, invocation).warnOfPath(invocation.diagnostics)
        }
    }

    /// Throws where bytes that are no text were repaired: the file would name something else.
    private func refuseRepaired() throws(CommandFailure) {
        guard GivenBytes.areNoText, [key, value ?? ""].contains(where: { $0.contains("\u{FFFD}") })
        else { return }
        throw CommandFailure(
            "nothing was changed: what was given is no UTF-8, which a configuration is",
            hint: "give names that are UTF-8", status: .usage)
    }

    /// Writes the file and says what holds for the key now; nil is one that the schema has not.
    private func write(
        _ content: JSONObject, to file: ConfigurationFile, in context: ProgramContext,
        _ invocation: Invocation, _ key: ConfigurationKey? = nil
    ) throws(CommandFailure) {
        try context.prepareHome()
        try file.write(content)
        let path = context.home.abbreviated(file.path)
        let value = key?.effectiveValue(in: content)
        let text = value.map { "\(self.key) is now \($0.plainText) (\(path))" }
        invocation.output.render(
            Report(
                text: [.line(StyledText(text ?? "\(self.key) is out of the file (\(path))"))],
                json: .one(["key": .string(self.key), "value": value ?? .null])))
        if let fault = file.load().fault {
            invocation.diagnostics.warning(fault.description, hint: fault.hint)
        }
    }

    /// Another folder has no yes and no events yet; the old one keeps what it has.
    private func tellPlace(
        _ before: TelemetrySetup, _ setup: TelemetrySetup, _ invocation: Invocation
    ) {
        guard setup.place != before.place, before.hasTelemetry else { return }
        let old = setup.home.abbreviated(before.place)
        invocation.diagnostics.notice(
            "what was recorded stays in \(old), and a yes holds for one "
                + "folder; arpguard telemetry status tells of both, arpguard telemetry delete-data "
                + "deletes in both")
    }

    /// A yes covers a place and a fineness; after another one was set, nothing leaves.
    private func tellConsent(
        _ context: ProgramContext, _ invocation: Invocation, wasForbidden: Bool
    ) {
        guard key.hasPrefix("telemetry.") else { return }
        let setup = TelemetrySetup(context, invocation)
        let control = setup.control()
        if key == "telemetry.enabled", setup.config.enabled != false {
            if !control.hasYes {
                invocation.diagnostics.notice(
                    "that is no yes, and nothing is recorded: arpguard telemetry enable asks for "
                        + "one")
            } else if wasForbidden {
                let blocked = control.causes(blocking: .recording)
                let counts =
                    blocked.isEmpty
                    ? "counts again" : "does not count: \(control.words.list(blocked))"
                invocation.diagnostics.notice(
                    "the yes that was said before stands, and \(counts); arpguard telemetry "
                        + "disable takes it back")
            }
        }
        let causes = control.causes(blocking: .sending)
        if causes.contains(.termsChanged) {
            invocation.diagnostics.notice(
                "your yes does not cover this: nothing is sent before you say it again, with "
                    + "arpguard telemetry enable")
        } else if causes.isEmpty, setup.config.erasureEndpoint == nil {
            invocation.diagnostics.notice(
                "what is sent from now on can't be erased: \(TelemetryModuleConfig.noErasure)")
        }
    }
}

extension TelemetrySetup {
    /// Says that a collector hardly takes logs at the path of the configured address: what one
    /// refuses for good is lost.
    func warnOfPath(_ diagnostics: Diagnostics) {
        guard let endpoint = config.uploadEndpoint, !endpoint.isForLogs else { return }
        diagnostics.warning(
            "telemetry.upload_url does not end in /v1/logs, where collectors take OTLP logs: what "
                + "the server does not take is lost",
            hint: "arpguard config set telemetry.upload_url URL, with /v1/logs at its end, unless "
                + "yours takes them elsewhere")
    }

    /// Whether somebody has decided or something was recorded in the configured folder, as far as
    /// that can be seen.
    fileprivate var hasTelemetry: Bool {
        let directory = TelemetryDirectory(place)
        return [directory.consentRecord, directory.store].contains { path in
            (try? seams.files.status(of: path)) != nil
        }
    }
}
