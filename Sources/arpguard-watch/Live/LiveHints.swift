// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Program

extension CommandFailure {
    /// The failure of an interface in the voice of the command line.
    init(_ error: LiveError, among interfaces: [NetworkInterface]) {
        self.init(error.description, hint: Self.hint(error, interfaces))
    }

    private static func hint(_ error: LiveError, _ interfaces: [NetworkInterface]) -> String {
        let usable = interfaces.filter { $0.isEthernet && !$0.isLoopback }.map(\.name)
        let list = usable.isEmpty ? "none" : usable.joined(separator: ", ")
        return switch error.code {
        case .notPermitted:
            "sudo arpguard watch -i \(error.interface); arpguard watch --help tells a way "
                + "without root"
        case .unknownInterface, .notEthernet, .isLoopback:
            "interfaces that can be watched: \(list)"
        case .isDown: "sudo ip link set \(error.interface) up"
        case .wentDown: "switch it on again, then start the watch again"
        case .vanished: "start the watch again when it is back"
        case .failed: "try again; if it stays so, try another interface: \(list)"
        }
    }
}
