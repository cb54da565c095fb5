// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

extension Flag {
    /// `--gateway`: the address whose impersonation matters most.
    public static let gateway = Flag(
        "gateway", .string, value: "IP", default: "detection.gateway of the configuration",
        help: "The IPv4 address of the network's gateway")

    /// `--sample`: the capture that is part of the program.
    public static let sample = Flag(
        "sample", .bool, help: "Check the capture that comes with the program")
}

extension Command {
    /// `replay`, the same in the program that a person types and in the helper that does it.
    public static func replay(action: @escaping Action) -> Command {
        Command(
            "replay", summary: "Check capture files for ARP attacks",
            discussion: [
                "Reads capture files from the first frame to the last and prints an alert for each "
                    + "attack found, then how much was read. The file '-' is standard input.",
                "Each file is judged alone: what was learnt from one is not used for the next.",
                "With --format json alerts are printed in EVE form, one object a line.",
                "Ends with status 1 if an alert of severity medium or above was printed. Ctrl-C, "
                    + "SIGTERM and SIGHUP end it with what was found until then, and with status 2 "
                    + "if that was before the end of a file. Of a stream what lies in it still is "
                    + "read, and it is said if that had not ended.",
            ],
            flags: [.gateway, .sample],
            arguments: [
                Argument("FILE", .any, .path, help: "A capture file, pcap or pcapng")
            ],
            examples: [
                .init("arpguard replay --sample", "See what an attack looks like"),
                .init("arpguard replay office.pcap", "Check one file"),
                .init(
                    "arpguard replay --gateway 192.0.2.1 --format json office.pcap",
                    "Check one file, knowing the gateway, and print alerts for programs"),
            ],
            json: .replayed, action: action)
    }
}
