// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
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
        let file = context.configurationFile
        let key = try ConfigurationKey(key, in: file.schema)
        let old = try file.readContent()
        if value == nil, key.value(in: old) == nil {
            invocation.diagnostics.notice("\(self.key) is not in the file; its default holds")
            return
        }
        let content =
            try value.map { value throws(CommandFailure) in
                try key.setting(value, in: old)
            } ?? key.removing(from: old)
        let place = TelemetrySetup(context, invocation).place
        try context.prepareHome()
        try file.write(content)
        invocation.output.render(report(key, content, context.home.abbreviated(file.path)))
        if let fault = file.load().fault {
            invocation.diagnostics.warning(fault.description, hint: fault.hint)
        }
        tellPlace(place, TelemetrySetup(context, invocation), invocation)
        tellConsent(context, invocation)
    }

    /// Another folder has no yes and no events yet; the old one keeps both.
    private func tellPlace(_ old: String, _ setup: TelemetrySetup, _ invocation: Invocation) {
        guard setup.place != old else { return }
        invocation.diagnostics.notice(
            "what was recorded stays in \(setup.home.abbreviated(old)), and a yes holds for one "
                + "folder; telemetry status tells of both, telemetry delete-data deletes in both")
    }

    /// A yes covers a place and a fineness; after another one was set, nothing leaves.
    private func tellConsent(_ context: ProgramContext, _ invocation: Invocation) {
        guard key.hasPrefix("telemetry.") else { return }
        let control = TelemetrySetup(context, invocation).control()
        guard control.causes(blocking: .sending).contains(.termsChanged) else { return }
        invocation.diagnostics.notice(
            "your yes does not cover this: nothing is sent before you say it again, with "
                + "arpguard telemetry enable")
    }

    private func report(_ key: ConfigurationKey, _ content: JSONObject, _ path: String) -> Report {
        let value = key.effectiveValue(in: content)
        return Report(
            text: [.line(StyledText("\(self.key) is now \(value.plainText) (\(path))"))],
            json: .one(["key": .string(self.key), "value": value]))
    }
}
