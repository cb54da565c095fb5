// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Modules
import Program

extension CommandFailure {
    /// The failure of an interface in the voice of the command line.
    init(_ error: LiveError, among interfaces: [NetworkInterface]) {
        self.init(error.description, hint: Self.hint(error, interfaces))
    }

    /// Which interfaces there are to watch.
    static func watchable(_ interfaces: [NetworkInterface]) -> String {
        "interfaces that can be watched: \(list(interfaces))"
    }

    private static func list(_ interfaces: [NetworkInterface]) -> String {
        let usable = interfaces.filter { $0.isEthernet && !$0.isLoopback }.map(\.name)
        return usable.isEmpty ? "none" : usable.joined(separator: ", ")
    }

    private static func hint(_ error: LiveError, _ interfaces: [NetworkInterface]) -> String {
        switch error.code {
        case .notPermitted:
            "sudo arpguard watch -i \(ShellText.word(error.interface)); arpguard watch --help "
                + "tells a way without root"
        case .unknownInterface, .notEthernet, .isLoopback:
            watchable(interfaces)
        case .isDown: "sudo ip link set dev \(ShellText.word(error.interface)) up"
        case .wentDown: "switch it on again, then start the watch again"
        case .vanished: "start the watch again when it is back"
        case .failed: "try again; if it stays so, try another interface: \(list(interfaces))"
        }
    }
}
