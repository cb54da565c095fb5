// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Modules
import Program
import TestKit
import Testing

@testable import arpguard_watch

struct WatchDecisionTests {
    private let first = MACAddress(bits: 0x0200_0000_0001)
    private let second = MACAddress(bits: 0x0200_0000_0002)
    private let asker = MACAddress(bits: 0x0200_0000_0009)
    private let gateway = IPv4Address(bits: 0x0A00_0001)

    @Test func `each rule can be suppressed by its name`() {
        let names = RuleID.allCases.map(\.rawValue).sorted()
        #expect(DetectionSettings.Suppression.rules == names)
    }

    @Test func `routes and neighbours are read as the kernel writes them`() {
        let routes = DefaultRoute.all(
            in: """
                Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
                wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
                eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
                eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
                nonsense
                """)
        #expect(routes.map(\.interface) == ["eth0", "wlan0"])
        #expect(routes.map { "\($0.gateway)" } == ["192.0.2.1", "10.0.0.1"])
        let neighbours = Neighbour.all(
            in: """
                IP address HW type Flags HW address Mask Device
                10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0
                10.0.0.7 0x1 0x0 00:00:00:00:00:00 * eth0
                """)
        #expect(neighbours.map(\.pair) == [AddressPair(mac: first, ip: gateway)])
    }

    private func check(
        declared: MACAddress? = nil, kernel: MACAddress?, stored: MACAddress?,
        answers: [MACAddress]
    ) throws -> GatewayCheck.Result {
        var check = GatewayCheck(
            gateway: gateway, asker: asker, declared: declared, kernel: kernel, stored: stored)
        for answer in answers {
            let frame = Frame.arp(
                .reply, sender: ("\(answer)", "10.0.0.1"), target: ("\(asker)", "10.0.0.9"))
            let record = FrameRecord(frame.span, format: .ethernet)
            check.take(try #require(record?.packet))
        }
        return check.result
    }

    @Test func `the gateway's answer is compared with what was believed`() throws {
        #expect(try check(kernel: first, stored: first, answers: [first]).hint == nil)
        #expect(try check(kernel: first, stored: nil, answers: [second]).hint != nil)
        #expect(try check(kernel: nil, stored: nil, answers: [first, second]).hint != nil)
        let replaced = try check(kernel: nil, stored: first, answers: [second])
        #expect(replaced.hint?.hasSuffix("arpguard bindings --forget 10.0.0.1") == true)
        let silent = try check(kernel: nil, stored: nil, answers: [])
        #expect(silent.text.contains("did not answer") && silent.hint == nil)
    }

    @Test func `who was declared to be the gateway stands above who it was before`() throws {
        let agreed = try check(declared: second, kernel: nil, stored: first, answers: [second])
        #expect(agreed.hint == nil)
        #expect(agreed.text == "gateway 10.0.0.1 is \(second) (it answered, declared)")
        let other = try check(declared: second, kernel: first, stored: first, answers: [first])
        #expect(
            other.text == "there is more than one gateway 10.0.0.1: \(first) answers, declared is "
                + "\(second), the kernel's entry is \(first)")
        #expect(other.hint?.contains("--forget") == false)
    }

    @Test func `what a person wants forgotten is forgotten once, and not what was before`() {
        var forgetting = Forgetting(since: 10)
        #expect(forgetting.news(in: ["10.0.0.1": 9]) == [])
        #expect(
            forgetting.news(in: ["10.0.0.1": 9, "10.0.0.2": 11]) == [IPv4Address(bits: 0x0A00_0002)]
        )
        #expect(forgetting.news(in: ["10.0.0.1": 9, "10.0.0.2": 11]) == [])
        #expect(forgetting.news(in: ["10.0.0.1": 12, "10.0.0.2": 11, "x": 13]) == [gateway])
    }

    @Test func `a clock that is set moves no window of time`() {
        let clock = ManualClock()
        var steady = SteadyClock(clock)
        #expect(steady.jump() == nil)
        let before = clock.now().nanoseconds
        clock.jump(to: Timestamp(nanoseconds: before - 3_600_000_000_000))
        #expect(steady.jump() == -3_600_000_000_000)
        #expect(steady.jump() == nil)
        #expect(steady.steady(clock.now().nanoseconds) == before)
        #expect(steady.wall(before) == clock.now().nanoseconds)
    }

    @Test func `root becomes the owner of the home, else the service, else without power`() {
        let owner = Privileges.User(number: 1000, group: 1000)
        let service = Privileges.User(number: 200, group: 200)
        let root = Privileges.User(number: 0, group: 0)
        func decide(_ isRoot: Bool, _ home: Privileges.User?, _ user: Privileges.User?)
            -> ServiceAccount
        {
            .deciding(isRoot: isRoot, homeOwner: home, service: user)
        }
        #expect(decide(false, nil, service) == .unchanged)
        #expect(decide(true, owner, service) == .user(owner))
        #expect(decide(true, nil, service) == .user(service))
        #expect(decide(true, root, service) == .powerlessRoot)
        #expect(decide(true, nil, nil) == .powerlessRoot)
    }

    @Test func `what is due now and then is due once in its time`() {
        var timetable = WatchTimetable(0)
        #expect(timetable.due(at: 999_999_999).isEmpty)
        #expect(timetable.due(at: 1_000_000_000) == [.interfaces, .refusal])
        #expect(timetable.due(at: 5_000_000_000) == [.interfaces, .refusal, .state])
        #expect(timetable.due(at: 5_000_000_001).isEmpty)
        let minute = Set(timetable.due(at: 60_000_000_000))
        #expect(minute == [.interfaces, .refusal, .state, .drops, .bindings, .upload])
    }

    @Test func `a round that watch starts asks itself whether it is due`() {
        #expect(UploadRunner.arguments(home: "/h") == ["--home", "/h", "--if-due", "--quiet"])
    }
}
