// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Detection
import Glibc
import Modules
import Program

/// The part of a watch that needs rights: the children open the interfaces and wait.
enum WatchOpening {
    /// How long a child may take to open its interface, or to shut itself in.
    static let answerMilliseconds: Int64 = 10_000

    /// Starts a child for each interface, and waits until all are open.
    static func open(
        _ plan: WatchPlan, _ all: [NetworkInterface]
    ) throws(CommandFailure) -> [WatchedInterface] {
        var interfaces: [WatchedInterface] = []
        for options in plan.options {
            do throws(SystemError) {
                interfaces.append(try WatchedInterface(options, supervisor: getpid()))
            } catch {
                throw CommandFailure(
                    "the capture process of \(options.interface) can't be started: \(error)",
                    hint: error.shortageHint ?? "mount /proc, and let the program run others")
            }
        }
        for interface in interfaces {
            try awaitAnswer(interface, all) { $0.linkType != nil }
        }
        return interfaces
    }

    /// Waits until a child has told what is wanted of it; frames may come with that.
    static func awaitAnswer(
        _ interface: WatchedInterface, _ all: [NetworkInterface],
        by steady: SteadyClock = SteadyClock(SystemClock()), onAlert: (Alert) -> Void = { _ in },
        until isThere: (WatchedInterface) -> Bool
    ) throws(CommandFailure) {
        let clock = SystemClock()
        let end = clock.uptimeNanoseconds() / 1_000_000 + answerMilliseconds
        while !isThere(interface) {
            let left = end - clock.uptimeNanoseconds() / 1_000_000
            let ready = (try? Poll.readable([interface.descriptor], withinMilliseconds: left)) ?? []
            if ready.first == true {
                let story = interface.receive(steady, onAlert: onAlert)
                if let story { throw failure(story, of: interface.name, all) }
            } else if left <= 0 {
                throw CommandFailure(
                    "the capture process of \(interface.name) does not answer", hint: "try again")
            }
        }
    }

    /// The end of a child in the voice of the command line.
    static func failure(
        _ end: WatchedInterface.End, of interface: String, _ all: [NetworkInterface]
    ) -> CommandFailure {
        switch end {
        case .failed(let error): CommandFailure(error, among: all)
        case .lost(let reason):
            CommandFailure(
                "the capture process of \(interface) is gone: \(reason)",
                hint: "start the watch again; if it happens again, the frames that are sent to "
                    + "this network are worth a look")
        case .asked:
            CommandFailure(
                "the capture process of \(interface) has ended", hint: "start the watch again")
        }
    }
}
