// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Detection
import Program
import Telemetry
import WatchRecords

/// What a watch can't hear or keep, and tells.
extension WatchRun {
    /// Notes an interface that is there no more, or was switched off.
    func lookAtInterfaces() {
        noteLinks()
        let all = NetworkInterface.all()
        // Where the kernel tells nothing, nothing is known.
        if all.isEmpty { return }
        for interface in interfaces {
            let obstacle = NetworkInterface.obstacle(to: interface.name, among: all)
            switch obstacle?.code {
            case .unknownInterface: lost = LiveError(code: .vanished, interface: interface.name)
            case .isDown: lost = LiveError(code: .wentDown, interface: interface.name)
            default: break
            }
        }
        noteCarriers(all)
    }

    /// Takes in which interfaces are plugged in, whatever the kernel told or did not tell, and
    /// tells what has waited.
    func noteCarriers(_ all: [NetworkInterface]) {
        let watched = Set(interfaces.map(\.name))
        for interface in all where interface.isUp && watched.contains(interface.name) {
            let name = interface.name
            tell(gaps.take(interface.hasCarrier ? .up : .unplugged, of: name, at: uptime()))
            if let losses = CarrierCount.losses(of: name) {
                gaps.take(losses: losses, of: name)
            }
            tell(gaps.news(of: name, at: uptime()))
        }
    }

    /// Tells what still waits.
    func tellLastGaps() {
        for interface in interfaces { tell(gaps.news(of: interface.name, at: .max)) }
    }

    /// Takes in what became of interfaces.
    func noteLinks() {
        while let change = links?.next() { tell(gaps.take(change, at: uptime())) }
    }

    private func tell(_ news: LinkGaps.News?) {
        switch news {
        case .unplugged(let name):
            invocation.diagnostics.warning(
                "\(name) has no carrier: nothing is heard on it",
                hint: "look at its cable and at what is at the other end, or at a bridge's ports")
        case .lost(let name, let lost, let isOff):
            let now = isOff ? ", and has no carrier now" : ""
            invocation.diagnostics.warning(
                "\(name) \(lost.words)\(now): what was sent then was not seen")
        case .gone(let name): lost = LiveError(code: .vanished, interface: name)
        case nil: break
        }
    }

    /// Tells what was lost since it was told last.
    func tellLosses() {
        tellDrops()
        tellEvicted()
    }

    private func tellDrops() {
        let roomier = min(WatchSettings.ringMiB.upperBound, 2 * configuration.watch.ringMiB)
        for (index, interface) in interfaces.enumerated() where index < state.interfaces.count {
            let dropped = Int64(clamping: interface.counts.dropped)
            let before = toldDrops[interface.name, default: 0]
            guard dropped > before else { continue }
            toldDrops[interface.name] = dropped
            invocation.diagnostics.warning(
                "the kernel dropped \(dropped - before) frames on \(interface.name), "
                    + "\(dropped) in all",
                hint:
                    "give it more room: arpguard config set watch.ring_mib \(roomier), then restart"
            )
        }
    }

    /// Owners that are forgotten for want of room can be robbed unseen.
    private func tellEvicted() {
        for interface in interfaces {
            let evicted = Int64(clamping: interface.statistics.evicted)
            guard let news = forgotten.news(evicted, on: interface.name, at: uptime())
            else { continue }
            invocation.diagnostics.warning(
                AlertText.evicted(news, on: interface.name, total: evicted),
                hint: AlertText.evictedHint)
        }
    }
}
