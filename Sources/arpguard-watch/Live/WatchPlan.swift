// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import JSON
import Modules
import Program

/// Which interfaces a watch opens, and how.
struct WatchPlan: Equatable {
    let options: [LiveOptions]
    /// Whether the interface is that of the default route, and nobody named it.
    let isDefault: Bool

    /// The interfaces of the command line, else those of the configuration, else that of the
    /// default route. Throws where one of them can't be watched for a reason that is known.
    init(
        named names: [String], _ settings: WatchSettings, routes: [DefaultRoute],
        interfaces: [NetworkInterface]
    ) throws(CommandFailure) {
        var chosen = names.isEmpty ? settings.interfaces : names
        isDefault = chosen.isEmpty
        if isDefault {
            guard let route = routes.first else {
                let usable = interfaces.filter { $0.isEthernet && !$0.isLoopback }.map(\.name)
                let name = usable.first ?? "NAME"
                let list = JSONValue.array([.string(name)]).serialized()
                throw CommandFailure(
                    "there is no default route that would tell which interface to watch",
                    hint: "name one: arpguard watch -i \(ShellText.word(name)), or for good: "
                        + "arpguard config set watch.interfaces \(ShellText.quoted(list))")
            }
            chosen = [route.interface]
        }
        guard chosen.count <= WatchSettings.interfacesMax else {
            throw CommandFailure(
                "\(chosen.count) interfaces are more than one watch can have",
                hint: "at most \(WatchSettings.interfacesMax)", status: .usage)
        }
        var seen: Set<String> = []
        let unique = chosen.filter { seen.insert($0).inserted }
        for name in unique {
            guard let error = NetworkInterface.obstacle(to: name, among: interfaces) else {
                continue
            }
            throw CommandFailure(error, among: interfaces)
        }
        options = unique.map {
            LiveOptions(
                interface: $0, ringMiB: Int(settings.ringMiB),
                isPromiscuous: settings.isPromiscuous)
        }
    }
}
