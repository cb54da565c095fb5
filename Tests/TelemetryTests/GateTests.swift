// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@Suite struct GateTests {
    /// Which causes count for which question; a cause that is not here does not block it.
    static let matters: [GateQuestion: Set<Cause>] = [
        .recording: [
            .adminPolicy, .doNotTrack, .environment, .configuration, .notAsked, .withdrawn,
            .copiedHome, .stateUnreadable,
        ],
        .sending: Set(Cause.allCases),
        .erasing: [
            .notBuiltIn, .adminPolicy, .doNotTrack, .environment, .copiedHome, .stateUnreadable,
        ],
    ]

    static let consents: [GateFacts.Consent] = [.notAsked, .given, .withdrawn, .unreadable]

    /// The facts of one of all combinations, and the causes that hold under them.
    static func combination(_ bits: Int, _ consent: GateFacts.Consent) -> (GateFacts, Set<Cause>) {
        var facts = GateFacts()
        facts.canSend = bits & 1 == 0
        facts.policyDenies = bits & 2 != 0
        facts.doNotTrack = bits & 4 != 0
        facts.environmentForbids = bits & 8 != 0
        facts.configurationForbids = bits & 16 != 0
        facts.termsChanged = bits & 32 != 0
        facts.copiedHome = bits & 64 != 0
        facts.consent = consent
        let flags: [Cause] = [
            .notBuiltIn, .adminPolicy, .doNotTrack, .environment, .configuration, .termsChanged,
            .copiedHome,
        ]
        var causes = Set(flags.enumerated().filter { bits & 1 << $0.offset != 0 }.map(\.element))
        switch consent {
        case .notAsked: causes.insert(.notAsked)
        case .withdrawn: causes.insert(.withdrawn)
        case .unreadable: causes.insert(.stateUnreadable)
        case .given: break
        }
        return (facts, causes)
    }

    @Test(arguments: GateQuestion.allCases)
    func `every combination of causes is told in full and in order`(question: GateQuestion) {
        var combinations = 0
        for bits in 0..<128 {
            for consent in Self.consents {
                let (facts, holding) = Self.combination(bits, consent)
                let expected = holding.intersection(Self.matters[question] ?? [])
                let told = Gate.causes(blocking: question, facts)
                #expect(Set(told) == expected)
                #expect(told == Cause.allCases.filter(expected.contains))
                combinations += 1
            }
        }
        #expect(combinations == 512)
    }

    @Test func `where nothing was agreed to of all that is recorded, nothing is`() {
        var facts = GateFacts()
        facts.consent = .given
        facts.nothingAgreed = true
        #expect(Gate.causes(blocking: .recording, facts) == [.termsChanged])
        #expect(Gate.causes(blocking: .sending, facts) == [.termsChanged])
        #expect(Gate.causes(blocking: .erasing, facts).isEmpty)
    }

    @Test func `without an endpoint events are recorded, and nothing is sent`() {
        var facts = GateFacts()
        facts.consent = .given
        facts.noEndpoint = true
        #expect(Gate.causes(blocking: .recording, facts).isEmpty)
        #expect(Gate.causes(blocking: .sending, facts) == [.configuration])
    }
}
