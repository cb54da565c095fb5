// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import CommandLineKit
internal import Program

let catalogueCommand = Command(
    "catalogue", summary: "Print every event and property that is taken",
    discussion: ["Whatever is not in it is rejected or dropped, and counted."],
    flags: [.format, .quiet], json: .catalogue,
    action: printCatalogue)

private func printCatalogue(_ invocation: Invocation) -> ExitStatus {
    let catalogue = Catalogue.standard
    var table = Table([.init("EVENT"), .init("PROPERTY"), .init("KIND"), .init("PURPOSE")])
    for event in catalogue.events {
        table.append([
            StyledText(event.name, .bold), "", "event", StyledText(event.purpose),
        ])
        for property in event.properties {
            table.append([
                "", StyledText(property.name), StyledText(property.kind.word),
                StyledText(property.purpose),
            ])
        }
    }
    invocation.output.render(
        Report(
            text: [.table(table), .blank, .line("digest \(catalogue.digest)")],
            json: .one(catalogue.json)))
    return .success
}
