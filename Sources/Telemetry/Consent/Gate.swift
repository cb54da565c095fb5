// SPDX-License-Identifier: Apache-2.0

/// A reason that blocks telemetry. Causes are told all at once, in this order.
public enum Cause: String, Sendable, CaseIterable {
    /// The program was built without the part that sends.
    case notBuiltIn = "not_built_in"
    /// The administrator's file forbids it, or can't be read.
    case adminPolicy = "admin_policy"
    /// `DO_NOT_TRACK` is set to anything but nothing or 0.
    case doNotTrack = "do_not_track"
    /// The program's own variable is set to 0, or to anything else that is no clear yes.
    case environment
    /// The configuration forbids it, has a fault, or (for sending) names no endpoint.
    case configuration
    /// Nobody has said yes or no.
    case notAsked = "not_asked"
    /// Somebody said no or took a yes back, or a change was cut short and left it off.
    case withdrawn
    /// What would happen now is not what was agreed to: sending goes further, or nothing of all
    /// that would be recorded was agreed to.
    case termsChanged = "terms_changed"
    /// The home was copied from another machine.
    case copiedHome = "copied_home"
    /// What was decided can't be read.
    case stateUnreadable = "state_unreadable"
}

/// What may be asked of the gate.
public enum GateQuestion: Sendable, CaseIterable {
    /// May an event be recorded?
    case recording
    /// May a batch be sent?
    case sending
    /// May a request for erasure be sent?
    case erasing
}

/// Everything that the gate looks at.
public struct GateFacts: Sendable, Equatable {
    /// What the consent files say.
    public enum Consent: Sendable, Equatable { case notAsked, given, withdrawn, unreadable }

    /// The program can send.
    public var canSend = true
    /// The administrator's file forbids, or can't be read.
    public var policyDenies = false
    /// It can be read, and forbids.
    public var policySaysNo = false
    /// `DO_NOT_TRACK` is set.
    public var doNotTrack = false
    /// The program's own variable forbids it.
    public var environmentForbids = false
    /// The configuration says `enabled: false` or has a fault.
    public var configurationForbids = false
    /// The configuration names no endpoint.
    public var noEndpoint = false
    /// What was decided.
    public var consent = Consent.notAsked
    /// The endpoint's origin or the anonymising is not what was agreed to.
    public var termsChanged = false
    /// Of all that may be recorded nothing was agreed to: it was asked with another catalogue.
    public var nothingAgreed = false
    /// The home was copied from another machine.
    public var copiedHome = false

    /// Facts under which only consent is missing.
    public init() {}
}

/// The one gate of telemetry: a pure function from facts to causes.
public enum Gate {
    /// All causes that block what is asked, in the order of `Cause`; empty means yes.
    public static func causes(blocking question: GateQuestion, _ facts: GateFacts) -> [Cause] {
        Cause.allCases.filter { holds($0, facts) && matters($0, to: question, facts) }
    }

    private static func holds(_ cause: Cause, _ facts: GateFacts) -> Bool {
        switch cause {
        case .notBuiltIn: !facts.canSend
        case .adminPolicy: facts.policyDenies
        case .doNotTrack: facts.doNotTrack
        case .environment: facts.environmentForbids
        case .configuration: facts.configurationForbids || facts.noEndpoint
        case .notAsked: facts.consent == .notAsked
        case .withdrawn: facts.consent == .withdrawn
        case .termsChanged: facts.termsChanged || facts.nothingAgreed
        case .copiedHome: facts.copiedHome
        case .stateUnreadable: facts.consent == .unreadable
        }
    }

    /// Recording needs no network; an erasure was asked for by a person, so neither a withdrawn
    /// consent nor the configuration stands in its way.
    private static func matters(
        _ cause: Cause, to question: GateQuestion, _ facts: GateFacts
    ) -> Bool {
        switch (question, cause) {
        case (.sending, _): true
        case (.recording, .notBuiltIn): false
        case (.recording, .termsChanged): facts.nothingAgreed
        case (.recording, .configuration): facts.configurationForbids
        case (.recording, _): true
        case (.erasing, .configuration), (.erasing, .notAsked), (.erasing, .withdrawn),
            (.erasing, .termsChanged):
            false
        case (.erasing, _): true
        }
    }

    /// What blocks recording in a process that published `causes` a moment ago. Consent belongs to
    /// the home and holds at once for every process, so that of now is told; the rest is the
    /// process's own.
    static func causes(published causes: [Cause], consentOf facts: GateFacts) -> [Cause] {
        let shared: Set<Cause> = [.notAsked, .withdrawn, .copiedHome, .stateUnreadable]
        return Cause.allCases.filter {
            shared.contains($0) ? holds($0, facts) : causes.contains($0)
        }
    }
}
