// SPDX-License-Identifier: Apache-2.0

/// Every rule, in the order in which they are asked.
enum RuleBook {
    /// Hands each rule's finding on a sighting to `report`.
    static func judge(
        _ sighting: Sighting, _ thresholds: Thresholds, report: (Finding) -> Void
    ) {
        if let finding = StaticBinding.judge(sighting, thresholds) { report(finding) }
        if let finding = BetweenTwo.judge(sighting, thresholds) { report(finding) }
        if let finding = ToldAgainstOwner.judge(sighting, thresholds) { report(finding) }
        if let finding = AsksForItsClaim.judge(sighting, thresholds) { report(finding) }
        judgeChange(sighting, thresholds, report: report)
        if let finding = GatewayWithOthers.judge(sighting, thresholds) { report(finding) }
        if let finding = RepeatedUnsolicited.judge(sighting, thresholds) { report(finding) }
        if let finding = PoisonedPeer.judge(sighting, thresholds) { report(finding) }
        if let finding = oddSource(sighting, thresholds) { report(finding) }
        if let finding = SpeaksForMany.judge(sighting, thresholds) { report(finding) }
        if let finding = InvalidSender.judge(sighting, thresholds) { report(finding) }
        if let finding = Floods.judgeClaims(sighting, thresholds) { report(finding) }
        if let finding = Floods.judgeNewcomers(sighting, thresholds) { report(finding) }
        if let finding = Floods.judgeRequests(sighting, thresholds) { report(finding) }
        if let finding = AddressScan.judge(sighting, thresholds) { report(finding) }
        if let finding = ExplainedMove.judge(sighting, thresholds) { report(finding) }
    }

    /// One matter, told once: the gravest rule on a change of owner speaks. Where C2 can't tell who
    /// forges it takes no other's place: it may have to wait.
    private static func judgeChange(
        _ sighting: Sighting, _ thresholds: Thresholds, report: (Finding) -> Void
    ) {
        let finding = changeOfOwner(sighting, thresholds)
        if let spoken = ContestedByForger.judgeSpokenFor(sighting, thresholds),
            finding?.severity ?? .info < spoken.severity
        {
            report(spoken)
        }
        if let finding { report(finding) }
    }

    /// The gravest rule that names a station, or says that nobody tells which one.
    private static func changeOfOwner(
        _ sighting: Sighting, _ thresholds: Thresholds
    ) -> Finding? {
        ContestedByForger.judge(sighting, thresholds)
            ?? InventedClaimants.judge(sighting, thresholds)
            ?? ContestedGateway.judge(sighting, thresholds)
            ?? AddressConflict.judge(sighting, thresholds)
            ?? BindingChanged.judge(sighting, thresholds)
    }

    /// The gravest reading of a frame that comes from another station than its sender.
    private static func oddSource(_ sighting: Sighting, _ thresholds: Thresholds) -> Finding? {
        Restore.judge(sighting, thresholds)
            ?? PortStealing.judge(sighting, thresholds)
            ?? SourceMismatch.judge(sighting, thresholds)
    }
}
