// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules

/// Collects the gate's facts from environment, files and configuration.
struct GateReader: Sendable {
    /// The longest policy file that is read, in bytes.
    static let policyBytesMax = 65_536

    #if Upload
    static let canSend = true
    #else
    static let canSend = false
    #endif

    let product: Product
    let config: TelemetryModuleConfig
    /// What is wrong with the configuration itself; nil if nothing is.
    let configurationFault: String?
    /// Why the yes that stands in the folder does not count; nil if it does, or if there is none.
    var folderProblem: String? { obstacle(state) }
    /// Whether the yes that stands in the folder is another home's.
    var isOthers: Bool { state.consent == .given && seams.isOthers() }
    var state: ConsentState { .read(directory, of: product, seams, memory) }
    /// What is wrong with the configuration, or with the folder that it names; nil if nothing is.
    var configurationProblem: String? { configurationFault ?? folderProblem }
    let terms: ConsentTerms
    let directory: TelemetryDirectory
    let seams: TelemetrySeams
    private let memory = ConsentMemory()

    init(
        product: Product, config: TelemetryModuleConfig, configurationProblem: String?,
        terms: ConsentTerms, directory: TelemetryDirectory, seams: TelemetrySeams
    ) {
        self.product = product
        self.config = config
        configurationFault = configurationProblem
        self.terms = terms
        self.directory = directory
        var seams = seams
        seams.program = product.name
        self.seams = seams
    }

    /// The facts as they stand now, and the consent that they rest on.
    func read() -> (facts: GateFacts, state: ConsentState) {
        let state = state
        var facts = GateFacts()
        facts.canSend = Self.canSend
        (facts.policyDenies, facts.policySaysNo) = policy
        facts.doNotTrack = !["", "0"].contains(seams.environment["DO_NOT_TRACK"] ?? "")
        // Only what is clearly no refusal is none: a person who types "off" means off.
        let variable = seams.environment[product.environmentVariable]?.lowercased() ?? ""
        facts.environmentForbids = !["", "1", "true", "on", "yes"].contains(variable)
        facts.configurationForbids =
            config.enabled == false || configurationFault != nil || obstacle(state) != nil
        facts.noEndpoint = config.uploadEndpoint == nil
        facts.consent = state.consent
        facts.copiedHome = state.isCopied
        let changes = termsChanges(state)
        facts.termsChanged = changes.contains { $0 != .events }
        facts.nothingAgreed = changes.contains(.events)
        return (facts, state)
    }

    private func obstacle(_ state: ConsentState) -> String? {
        state.consent == .given ? seams.obstacle() : nil
    }

    /// The file can only deny: it does unless it is absent, or a JSON object with `"telemetry"`
    /// set to `"allow"` and nothing else, which may be meant to deny. It says no where it can be
    /// read: one that is being written does not yet.
    var policy: (denies: Bool, saysNo: Bool) {
        let path = seams.policyPath ?? product.policyPath
        do throws(SystemError) {
            guard try seams.files.status(of: path) != nil else { return (false, false) }
            let bytes = try seams.files.read(path, bytesMax: Self.policyBytesMax)
            let object = (try? JSONValue.parse(bytes: bytes))?.objectValue
            let denies = object?["telemetry"]?.stringValue != "allow" || object?.count != 1
            return (denies, denies && object != nil)
        } catch {
            return (true, false)
        }
    }
}
