// SPDX-License-Identifier: Apache-2.0

/// What can happen in one step.
package enum Action: String, CaseIterable, Sendable {
    // Time.
    case advance, jumpClock
    // Programs that record.
    case startProgram, track, trackUndeclared, flood, flush, stopProgram, killProgram
    // The person.
    case enable, disable, deleteData, rotateIdentifier, preview, status, changeURL
    case changeErasureURL, changeAnonymising, changeReview, review, forbidInFile
    // The maintainers.
    case upgradeCatalogue
    // The network.
    case upload, changeWeather, deliverLate, forgeErasure, restartCollector
    // The machine, and who looks after it.
    case losePower, damageFile, copyHome, changePolicy, changeEnvironment

    /// How often it is drawn.
    var weight: Int {
        switch self {
        case .track: 36
        case .advance, .flush, .upload: 20
        case .enable: 12
        case .trackUndeclared, .startProgram: 8
        case .preview, .review: 6
        case .changeWeather: 5
        case .status, .stopProgram, .killProgram: 4
        case .deleteData, .rotateIdentifier, .deliverLate, .changePolicy: 3
        case .disable, .changeURL, .forgeErasure, .restartCollector, .changeEnvironment: 2
        case .changeErasureURL, .changeAnonymising, .changeReview, .forbidInFile: 1
        case .flood, .upgradeCatalogue, .jumpClock, .losePower, .damageFile, .copyHome: 1
        }
    }

    /// Whether a process of its own does it, which can die in the middle.
    var isProcess: Bool {
        switch self {
        case .flush, .stopProgram, .enable, .disable, .deleteData, .rotateIdentifier, .preview,
            .status, .review, .upload:
            true
        default: false
        }
    }
}

/// What can happen while a batch is on its way.
package enum Meanwhile: String, CaseIterable, Sendable {
    case disable, deleteData, rotateIdentifier, policy, losePower
}
