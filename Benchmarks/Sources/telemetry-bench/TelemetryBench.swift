// SPDX-License-Identifier: Apache-2.0

import Figures
import Glibc
import Modules

/// usage: telemetry-bench table|json|counts|sending FOLDER
///
/// Measures telemetry in homes below an empty folder. `counts` prints, as JSON, only what does
/// not depend on time; `sending` prints a table of what sealing and uploading cost.
@main
enum TelemetryBench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            Logger.standardError("telemetry-bench: error: \(error)\n")
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("table", 2): try show(everything(arguments[1]), as: "table")
        case ("json", 2): try show(everything(arguments[1]), as: "json")
        case ("counts", 2): try show(counts(arguments[1]), as: "json")
        case ("sending", 2): try show(sending(arguments[1]), as: "table")
        case (StoringFigures.fillCommand, 2): try StoringFigures.fillAndDie(home: arguments[1])
        case (ExitFigure.command, 3): try ExitFigure.run(home: arguments[1], stamp: arguments[2])
        case (UploadFigure.command, 4):
            try UploadFigure.run(home: arguments[1], endpoint: arguments[2], note: arguments[3])
        case (WatchedChild.command, 3):
            guard let subject = WatchedChild.Subject(rawValue: arguments[1]) else { exit(64) }
            try WatchedChild.run(subject, home: arguments[2])
        default: exit(64)
        }
    }

    private static func everything(_ folder: String) -> [() throws -> [Figure]] {
        [
            RecordingFigures(folder: folder).all, StoringFigures(folder: folder).all,
            ExitFigure(folder: folder).all,
        ] + counts(folder)
    }

    private static func sending(_ folder: String) -> [() throws -> [Figure]] {
        [StoringFigures(folder: folder).sealing] + wire(folder)
    }

    private static func counts(_ folder: String) -> [() throws -> [Figure]] {
        [CountFigures(folder: folder).all] + wire(folder)
    }

    private static func wire(_ folder: String) -> [() throws -> [Figure]] {
        [WireFigures(folder: folder).all, { [try UploadFigure(folder: folder).figure()] }]
    }

    /// Shows each group of figures as soon as it is measured.
    private static func show(_ groups: [() throws -> [Figure]], as form: String) throws {
        for group in groups {
            for figure in try group() { figure.show(as: form) }
        }
    }
}
