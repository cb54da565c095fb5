// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Detection
import JSON
import Program
import Testing

@testable import Capture
@testable import arpguard_watch

struct WatchPlanTests {
    private static let interfaces = [
        NetworkInterface(name: "lo", isLoopback: true, isEthernet: false),
        NetworkInterface(name: "eth0"), NetworkInterface(name: "eth1"),
        NetworkInterface(name: "tun0", isEthernet: false),
        NetworkInterface(name: "eth2", isUp: false),
    ]
    private static let routes = [
        DefaultRoute(interface: "eth1", gateway: IPv4Address(bits: 1), metric: 0)
    ]

    private func plan(
        _ names: [String], configured: [String] = [], routes: [DefaultRoute] = routes,
        among interfaces: [NetworkInterface] = interfaces
    ) throws(CommandFailure) -> WatchPlan {
        let list = configured.map { JSONValue.string($0) }
        let settings = WatchSettings(section: ["interfaces": .array(list), "ring_mib": 8])
        return try WatchPlan(named: names, settings, routes: routes, interfaces: interfaces)
    }

    @Test(
        arguments: [
            (["eth0"], ["eth1"], ["eth0"], false),
            ([], ["eth0", "eth1"], ["eth0", "eth1"], false),
            ([], [], ["eth1"], true), (["eth1", "eth0", "eth1"], [], ["eth1", "eth0"], false),
        ] as [([String], [String], [String], Bool)])
    func `what is named is watched, else what is configured, else the default route's`(
        names: [String], configured: [String], watched: [String], isDefault: Bool
    ) throws {
        let plan = try plan(names, configured: configured)
        #expect(plan.options.map(\.interface) == watched)
        #expect(plan.options.allSatisfy { $0.ringMiB == 8 && $0.isPromiscuous })
        #expect(plan.isDefault == isDefault)
    }

    @Test(
        arguments: [
            ("eth7", "there is no interface eth7"), ("lo", "lo is the loopback interface"),
            ("tun0", "the interface tun0 is not Ethernet"), ("eth2", "the interface eth2 is down"),
        ])
    func `what can't be watched is told before anything is opened`(name: String, told: String) {
        let failure = #expect(throws: CommandFailure.self) { try plan(["eth0", name]) }
        #expect(failure?.message.hasPrefix(told) == true)
        #expect(failure?.status == .failure)
    }

    @Test func `without a route somebody has to choose, and is told among what`() {
        let some = #expect(throws: CommandFailure.self) { try plan([], routes: []) }
        #expect(some?.status == .failure)
        #expect(some?.hint.contains("arpguard watch -i eth0") == true)
        let none = #expect(throws: CommandFailure.self) { try plan([], routes: [], among: []) }
        #expect(none?.hint.contains("arpguard watch -i NAME") == true)
    }

    @Test func `more interfaces than a watch can have are refused`() {
        let names = (0...WatchSettings.interfacesMax).map { "eth\($0)" }
        let failure = #expect(throws: CommandFailure.self) { try plan(names) }
        #expect(failure?.message == "17 interfaces are more than one watch can have")
        #expect(failure?.status == .usage)
    }

    @Test(
        arguments: [
            (nil, 0, true), (0, 599_999_999_999, false), (0, 600_000_000_000, true),
            (700_000_000_000, 700_000_000_001, false),
        ] as [(Int64?, Int64, Bool)])
    func `nothing is sent through a gateway that somebody contested within ten minutes`(
        finding: Int64?, now: Int64, isQuiet: Bool
    ) {
        #expect(UploadRunner.isQuiet(since: finding, at: now) == isQuiet)
    }
}
