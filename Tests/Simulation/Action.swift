// SPDX-License-Identifier: Apache-2.0

/// What can happen in one step.
package enum Action: String, CaseIterable, Sendable {
    // Time.
    case advance, jumpClock
    // Programs that record.
    case startProgram, track, trackUndeclared, flush, stopProgram, killProgram
    // The person.
    case enable, disable, deleteData, rotateIdentifier, preview, status, changeURL
    case changeAnonymising, changeReview, review, forbidInFile
    // The maintainers.
    case upgradeCatalogue
    // The network.
    case upload, changeWeather, restartCollector
    // The machine.
    case losePower, damageFile

    /// How often it is drawn.
    var weight: Int {
        switch self {
        case .track: 40
        case .trackUndeclared: 8
        case .advance, .flush, .upload: 16
        case .startProgram: 10
        case .enable: 8
        case .preview, .status, .changeWeather: 5
        case .stopProgram, .killProgram: 5
        case .disable, .deleteData, .review: 3
        case .changeURL, .changeAnonymising, .changeReview, .forbidInFile, .rotateIdentifier: 2
        case .upgradeCatalogue, .restartCollector, .jumpClock: 1
        case .losePower, .damageFile: 1
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
