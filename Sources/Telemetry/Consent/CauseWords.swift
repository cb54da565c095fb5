// SPDX-License-Identifier: Apache-2.0

/// Words for what blocks telemetry in one program with one configuration: lower-case, no full stop.
public struct CauseWords: Sendable {
    private enum Configuration { case faulty, forbidding, notCounting(String?), namingNoPlace }

    private let product: Product
    private let configuration: Configuration
    /// Whether an administrator's file stands that can't be read.
    package let isPolicyUnread: Bool
    /// How what is configured goes further than the yes that stands.
    private let changes: [TermsChange]
    /// What has the folder be its owner's alone again; nil where it is.
    private let folderRemedy: String?

    /// Words for what the gate with this reader finds.
    init(_ gate: GateReader) {
        product = gate.product
        isPolicyUnread = gate.policy.denies && !gate.policy.saysNo
        changes = gate.termsChanges
        folderRemedy = ConsentState.remedy(gate.directory, gate.seams)
        configuration =
            if gate.configurationFault != nil {
                .faulty
            } else if gate.config.enabled == false {
                .forbidding
            } else if gate.folderProblem != nil {
                .notCounting(gate.seams.obstacleRemedy())
            } else {
                .namingNoPlace
            }
    }

    /// All causes in one line, each with the word that JSON has for it.
    public func list(_ causes: [Cause]) -> String {
        causes.map { "\(meaning(of: $0)) (\($0.rawValue))" }.joined(separator: "; ")
    }

    /// What the cause is.
    public func meaning(of cause: Cause) -> String {
        switch cause {
        case .notBuiltIn: "this program was built without the part that sends"
        case .adminPolicy:
            isPolicyUnread
                ? "\(product.policyPath), where the administrator of this machine decides, can't "
                    + "be read, which forbids it"
                : "the administrator of this machine forbids it in \(product.policyPath)"
        case .doNotTrack: "DO_NOT_TRACK is set in this environment"
        case .environment: "\(product.environmentVariable) forbids it in this environment"
        case .configuration:
            switch configuration {
            case .faulty: "the configuration has a fault"
            case .forbidding: "the configuration forbids it: telemetry.enabled is false"
            case .notCounting: "the yes in the folder of the data does not count"
            case .namingNoPlace: "no place is named to send to"
            }
        case .notAsked: "nobody has said yes or no"
        case .withdrawn: "somebody said no or took a yes back, or a change was cut short"
        case .termsChanged:
            changes.isEmpty
                ? "what is configured was not agreed to"
                : changes.map(\.description).joined(separator: "; ")
        case .copiedHome: "this home was copied from another machine"
        case .stateUnreadable: "what was decided can't be read"
        }
    }

    /// What lifts it: a command where there is one, in the words of ARP Guard's command line. A
    /// host with another one has its own words by the cause.
    public func remedy(of cause: Cause) -> String {
        let name = product.name
        return switch cause {
        case .notBuiltIn: "install a build that can send"
        case .adminPolicy: "ask whoever looks after this machine"
        case .doNotTrack: "unset DO_NOT_TRACK"
        case .environment: "unset \(product.environmentVariable)"
        case .configuration:
            switch configuration {
            case .faulty: "\(name) config check"
            case .forbidding: "\(name) config set telemetry.enabled true"
            case .notCounting(let remedy): remedy ?? "\(name) telemetry enable"
            case .namingNoPlace: "\(name) config set telemetry.upload_url URL"
            }
        case .notAsked, .withdrawn, .termsChanged, .copiedHome: "\(name) telemetry enable"
        case .stateUnreadable: folderRemedy ?? "\(name) telemetry disable, then enable"
        }
    }
}

extension GateReader {
    var words: CauseWords { CauseWords(self) }
}

extension TelemetryControl {
    /// Words for causes under this configuration.
    public var words: CauseWords { gate.words }
}

extension TelemetryModule {
    /// Words for causes under this configuration.
    public var words: CauseWords { gate.words }
}
