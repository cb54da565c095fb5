// SPDX-License-Identifier: Apache-2.0

extension Cause {
    /// What the cause is, for people: lower-case, no full stop.
    public func meaning(for product: Product, blocking question: GateQuestion = .sending) -> String
    {
        switch self {
        case .notBuiltIn: "this program was built without the part that sends"
        case .adminPolicy: "the administrator of this machine forbids it"
        case .doNotTrack: "DO_NOT_TRACK is set in this environment"
        case .environment: "\(product.environmentVariable) forbids it in this environment"
        case .configuration where question == .sending:
            "the configuration forbids it, has a fault, or names no place to send to"
        case .configuration: "the configuration forbids it, or has a fault"
        case .notAsked: "nobody has said yes or no"
        case .withdrawn: "somebody said no, or took a yes back"
        case .termsChanged: "the place or the anonymising is not what was agreed to"
        case .copiedHome: "this home was copied from another machine"
        case .stateUnreadable: "what was decided can't be read"
        }
    }

    /// What lifts it, for people: a command where there is one.
    public func remedy(for product: Product) -> String {
        switch self {
        case .notBuiltIn: "install a build that can send"
        case .adminPolicy: "ask whoever looks after this machine"
        case .doNotTrack: "unset DO_NOT_TRACK"
        case .environment: "unset \(product.environmentVariable)"
        case .configuration: "\(product.name) config check; \(product.name) config show telemetry"
        case .notAsked, .withdrawn, .termsChanged, .copiedHome:
            "\(product.name) telemetry enable"
        case .stateUnreadable: "\(product.name) telemetry disable, then enable"
        }
    }
}

extension [Cause] {
    /// All of them in one line for people, each with the word that JSON has for it.
    public func words(for product: Product, blocking question: GateQuestion) -> String {
        map { "\($0.meaning(for: product, blocking: question)) (\($0.rawValue))" }
            .joined(separator: "; ")
    }
}
