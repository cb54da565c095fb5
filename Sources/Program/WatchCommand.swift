// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

extension Flag {
    /// `--interface`: what is watched.
    public static let interface = Flag(
        "interface", short: "i", .name(in: "/sys/class/net"), value: "NAME", repeatable: true,
        default: "watch.interfaces of the configuration, or that of the default route",
        help: "The network interface to watch")
    /// `--passive`: nothing is sent.
    public static let passive = Flag(
        "passive", help: "Send nothing, not even the question for the gateway at the start")
}

extension Command {
    /// `watch`, the same in the program that a person types and in the helper that does it.
    public static func watch(action: @escaping Action) -> Command {
        Command(
            "watch", summary: "Watch network interfaces for ARP attacks",
            discussion: [
                "Prints an alert when an attack is seen, until it is stopped (Ctrl-C or SIGTERM). "
                    + "SIGHUP has it read the configuration again.",
                "Opening an interface needs the capability net_raw: run it as root or as the "
                    + "service. 'setcap cap_net_raw=ep', once and by root, on the file "
                    + "arpguard-watch gives it to every user who may run that file. A process "
                    + "without any rights reads the frames; what it gave up is printed.",
                "With --format json alerts are printed in EVE form, one object a line.",
                "Ends with status 0, or 1 if an alert of severity medium or above was given, and "
                    + "2 if an interface can't be watched any longer.",
            ],
            flags: [.interface, .gateway, .passive],
            examples: [
                .init("arpguard watch", "Watch the interface of the default route"),
                .init("arpguard watch -i eth0 -i eth1 --format json", "Watch two, for programs"),
            ],
            json: .watched, action: action)
    }

    /// `test-alert`, the same in the program that a person types and in the helper that does it.
    public static func testAlert(action: @escaping Action) -> Command {
        Command(
            "test-alert", summary: "Send one alert, marked as a test, by every configured way",
            discussion: [
                "Prints it, and sends it to the file, the log and the command of the "
                    + "configuration, whatever their least severity. Tells which way failed; ends "
                    + "with status 2 if any did."
            ],
            examples: [.init("arpguard test-alert", "See whether alerts arrive")],
            json: .testAlert, action: action)
    }
}
