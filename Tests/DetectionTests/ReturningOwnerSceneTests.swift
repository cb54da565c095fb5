// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Owners that were away and come back, captures that see a frame in two places, and stations that
/// are slow: nothing of it may be called an attack.
struct ReturningOwnerSceneTests {
    private static let helper = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let phone = Player(mac: "9c:b6:d0:01:02:03", ip: "10.0.0.50")
    private static let screen = Player(mac: "9c:b6:d0:04:05:06", ip: "10.0.0.70")
    private static let asPhone = helper.claiming(phone)
    private static let asScreen = helper.claiming(screen)
    private static let known =
        exchange(500, helper, .alice) + exchange(600, .alice, helper)
        + exchange(1_000, phone, .router) + exchange(1_200, .router, phone)

    /// `who` asks for the router, which answers.
    private static func looks(_ at: Int64, _ who: Player) -> [Step] { exchange(at, .router, who) }

    /// A helper tells everybody that it has a sleeping station's address, and answers for it.
    private static let asleep =
        announces(24_000, asPhone).repeated(3, every: 2_000)
        + [
            asks(50_000, .router, for: phone.ip, to: helper.mac), tells(50_010, asPhone, .router),
        ]

    static let returns = [
        Scene(
            "a sleeping station wakes up and asks the router alone",
            [
                known, asleep, [asks(70_000, phone, for: Player.router.ip, to: Player.router.mac)],
                announces(70_500, phone).repeated(3, every: 2_000),
            ]),
        Scene(
            "a sleeping station wakes up and answers",
            [
                known, asleep, exchange(70_000, phone, .router),
                announces(70_500, phone).repeated(3, every: 2_000),
            ]),
        Scene(
            "a telephone comes back from a repeater and answers",
            [known, looks(40_000, asPhone), exchange(90_000, phone, .router)]),
        Scene(
            "a repeater answers once for a telephone that comes back and asks the router alone",
            [
                known, looks(40_000, asPhone),
                [
                    asks(65_000, .router, for: phone.ip, to: helper.mac),
                    tells(65_020, asPhone, .router),
                    asks(90_000, phone, for: Player.router.ip, to: Player.router.mac),
                ],
            ]),
        Scene(
            "a portable computer goes on by cable with what it began by radio",
            [
                known, [asks(40_000, asPhone, for: Player.router.ip, to: Player.router.mac)],
                [
                    asks(60_000, .router, for: phone.ip, to: phone.mac),
                    tells(60_002, phone, .router),
                ],
            ]),
        Scene(
            "a telephone moves behind a repeater and looks for another station there",
            [
                known, exchange(1_500, asScreen, .alice), exchange(40_000, asScreen, phone),
                [asks(43_000, asPhone, for: screen.ip)],
            ]),
        Scene(
            "two dozen containers start again under new hardware addresses",
            [
                (0..<48).flatMap { number -> [Step] in
                    let mac = "\(number < 24 ? "a6" : "b2"):3\(number % 7):0\(number % 9):d4:e5:"
                    let who = Player(
                        mac: mac + "\(10 + number)", ip: "10.0.1.\(number % 24 + 2)")
                    let at = Int64(number / 24) * 90_000 + Int64(number % 24) * 300
                    return [announces(at, who)] + exchange(at + 1_000, .router, who)
                }
            ], withNetwork: false),
    ]

    /// The router is asked and answers, and the capture shows both in two places.
    private static func seenTwice(_ at: Int64, isAnsweredFirst: Bool) -> [Step] {
        let question = asks(at, .alice, for: Player.router.ip)
        let answer = tells(at + 1, .router, .alice)
        return isAnsweredFirst
            ? [question, answer, question.later(2).tagged, answer.later(2).tagged]
            : [question, question.tagged, answer.tagged, answer]
    }

    /// The router asks `count` times a second apart, and is answered as often in the end.
    private static func answersLate(_ at: Int64, _ count: Int64) -> [Step] {
        let question = asks(at, .router, for: phone.ip, to: phone.mac)
        return question.repeated(Int(count), every: 1_000)
            + tells(at + count * 1_000 - 500, phone, .router).repeated(Int(count), every: 150)
    }

    static let views = [
        Scene(
            "a mirror port shows each frame with its tag and without",
            [(0..<6).flatMap { seenTwice($0 * 40_000, isAnsweredFirst: false) }],
            withNetwork: false),
        Scene(
            "a mirror port shows each frame without its tag, and a moment later with it",
            [(0..<6).flatMap { seenTwice($0 * 40_000, isAnsweredFirst: true) }],
            withNetwork: false),
        Scene(
            "a slow telephone answers three questions at once",
            [known, (0..<3).flatMap { answersLate(60_000 + $0 * 80_000, 3) }], withNetwork: false),
        Scene(
            "a slow telephone answers two questions at once, again and again",
            [known, (0..<5).flatMap { answersLate(60_000 + $0 * 55_000, 2) }], withNetwork: false),
    ]

    @Test(arguments: returns)
    func `an owner that comes back leaves nobody accused`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }

    @Test(arguments: views)
    func `every answer is paid for by its question`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let told = scene.alerts(configuration)
            #expect(told.isEmpty, "\(told.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }

    @Test func `a router with two addresses that answers late is not accused`() {
        let second = Player(mac: Player.router.mac, ip: "10.0.0.254")
        let question = asks(20_000, .alice, for: Player.router.ip, to: Player.router.mac)
        let steps =
            exchange(0, .router, .alice) + exchange(5_000, .alice, second)
            + question.repeated(2, every: 1_000)
            + tells(21_500, .router, .alice).repeated(2, every: 200)
        #expect(alerts(steps, .withGateway).isEmpty)
    }

    @Test func `questions that were asked again pay for no more answers than they are`() {
        let forged = tells(30_000, Player.mallory.claiming(.router), .alice)
        let question = asks(27_000, .alice, for: Player.router.ip)
        let steps =
            exchange(0, .mallory, .alice) + question.repeated(3, every: 1_000)
            + forged.repeated(7, every: 200)
        #expect(alerts(steps).contains { $0.severity >= .high })
    }
}

extension Step {
    /// The same frame with the tag of a VLAN.
    fileprivate var tagged: Step {
        var step = self
        step.frame.replaceSubrange(12..<12, with: Frame.hex("8100", "000a"))
        return step
    }
}
