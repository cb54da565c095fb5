// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// A minute of a small network in which everybody talks to everybody, and something else besides.
struct Scene: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The frames, in order of time.
    let steps: [Step]
    /// The frames that are forged, where any is.
    let forged: [Step]

    /// What happens beside the network's own talk; `withNetwork: false` leaves that out.
    init(_ name: String, _ events: [[Step]], forged: [Step] = [], withNetwork: Bool = true) {
        testDescription = name
        self.forged = forged
        let talk = withNetwork ? Self.talk : []
        let all = (talk + events.flatMap { $0 } + forged).enumerated()
        // Of two frames at one time the one that was named first comes first.
        steps = all.sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// Each pair of stations asks for each other every few seconds, and once within the first:
    /// everybody at first, and then the one that answered.
    static let talk: [Step] = {
        let everybody: [Player] = [.router, .alice, .bob]
        var steps: [Step] = []
        for (index, asker) in everybody.enumerated() {
            for (other, owner) in everybody.enumerated() where other != index {
                let start = Int64(50 + index * 90 + other * 40)
                for round in 0..<12 {
                    let at = start + Int64(round) * 5_300
                    let destination = round == 0 ? nil : owner.mac
                    steps += [
                        asks(at, asker, for: owner.ip, to: destination),
                        tells(at + 1, owner, asker),
                    ]
                }
            }
        }
        return steps
    }()

    /// What a detector says about it.
    func alerts(_ configuration: DetectorConfiguration = DetectorConfiguration()) -> [Alert] {
        DetectionTests.alerts(steps, configuration)
    }

    /// How many forged frames there are up to the first alert of severity high; `nil` without one.
    func forgedUntilAlert(_ configuration: DetectorConfiguration = DetectorConfiguration()) -> Int?
    {
        let alert = alerts(configuration).first { $0.severity >= .high }
        guard let alert else { return nil }
        let seen = steps[..<Int(alert.frame)]
        return seen.filter { step in
            forged.contains { $0.at == step.at && $0.frame == step.frame }
        }.count
    }
}

extension Step {
    /// The same `count` times, `pause` milliseconds apart.
    func repeated(_ count: Int, every pause: Int64) -> [Step] {
        (0..<count).map { later(Int64($0) * pause) }
    }

    /// The same frame with another source.
    func from(_ source: String) -> Step {
        var step = self
        step.frame.replaceSubrange(6..<12, with: Frame.mac(source))
        return step
    }

    /// The same of another hardware type.
    func ofType(_ type: UInt8) -> Step {
        var step = self
        step.frame[15] = type
        return step
    }

    /// The same behind a SNAP header.
    var behindSNAP: Step {
        var step = self
        step.frame.insert(contentsOf: [0, 36, 0xAA, 0xAA, 3, 0, 0, 0], at: 12)
        return step
    }

    /// The same behind a tag of an old kind that carries a priority only.
    var oddlyTagged: Step {
        var step = self
        step.frame.insert(contentsOf: [0x91, 0, 0, 0], at: 12)
        return step
    }

    /// The same frame to another destination.
    func to(_ destination: String) -> Step {
        var step = self
        step.frame.replaceSubrange(0..<6, with: Frame.mac(destination))
        return step
    }
}
