// SPDX-License-Identifier: Apache-2.0

/// One of the stations that claim the same address.
struct Contender: Sendable {
    let mac: MACAddress
    var tally: ClaimTally
    /// Whether it was the first that was heard to have the address.
    var isOriginal: Bool
    /// How often it took the address over, unasked or in a question of its own.
    var unpromptedTakeovers: UInt32 = 0
    /// How often it took back, unasked, what was its own first.
    var unpromptedReturns: UInt32 = 0
    /// Whether it sent frames that put the true owner back, which only a poisoner does.
    var hasRestored = false
    /// From where frames came that spoke for it, if from elsewhere.
    var spokesman: MACAddress?
    /// Whether others spoke for it unasked than those who only ask in the address's name, as far as
    /// is known.
    var isSpokenForByOthers: Bool
    /// Whether the last that spoke for it so had the source of a station that is known or trusted,
    /// which anybody can wear.
    var isSpokenForByKnown = false
    /// Whether it wears a virtual router's address while no router advertises it.
    var wearsVirtualMAC = false
    /// Whether it answered when asked before it told anybody else.
    let cameAsked: Bool
    /// How often the one that it told most was told, unasked.
    var mostTold: UInt8 = 0
    /// How much of what it whispered, as a virtual router, an earlier contest allowed.
    private(set) var whispersBefore: UInt32 = 0
    /// How often it answered a station that had asked it alone, and that was there before.
    var privateAnswers: UInt32 = 0

    init(_ binding: Binding, isOriginal: Bool) {
        mac = binding.mac
        tally = binding.tally
        cameAsked = tally.firstAnswers > 0 && tally.unsolicited == 0
        // Of its first word alone it is yet to be told where it comes from.
        isSpokenForByOthers = tally.isMismatched && (isOriginal || tally.count > 1)
        self.isOriginal = isOriginal
    }

    /// Takes in what it said since; some of what it whispered may be forgotten by now.
    fileprivate mutating func take(_ tally: ClaimTally) {
        self.tally = tally
        whispersBefore = min(whispersBefore, tally.unsolicited)
    }

    /// Takes over from the contest before how much it may have whispered.
    fileprivate mutating func allow(_ whispers: UInt32) { whispersBefore = whispers }
}

/// The history of an address that more than one station claims.
struct Contest: Sendable {
    /// Those who claim it; a further one takes the place of the quietest.
    private(set) var contenders: [4 of Contender?] = .init(repeating: nil)
    private var changes = RecentTimes()
    /// The changes that were told to everybody.
    private var announcements = RecentTimes()
    /// The changes that took the address from somebody and were not told to everybody.
    private var silentTakeovers = RecentTimes()
    /// The changes to stations that were never heard before, and came unasked.
    private var strangers = Strangers()
    /// How often the first owner took the address back; stops at 255.
    private var originalReturns: UInt8 = 0
    /// The frame in which the first owner was last heard before the first change.
    private(set) var firstFrame: UInt64
    /// Whether the last change gave the address back to one who had it before.
    private(set) var lastWasReturn = false
    /// Whether any change did.
    private(set) var hasReturned = false
    /// The same, be it before a pause after which the contest began anew.
    private(set) var hasEverReturned = false
    /// Whether everybody was told of the last change.
    private(set) var lastWasTold = false
    /// Whether the owner that was driven out had spoken for itself a short while before.
    var wasOwnerFresh = false
    /// How often the first owner had answered what everybody was asked before the first change.
    private(set) var promptedBefore: UInt32
    /// When a virtual router that whispered in an earlier contest, or left, was last heard.
    private var lastWhisperer = Int64.min
    /// Whether that was a short while ago: a capture does not lack questions so often.
    private var hasWhispered = false
    /// How it began to be contested; nil where the owner was known by what was heard here alone.
    var dispute: Dispute?

    /// The contest that begins when somebody else than `original` claims the address; `frame`
    /// is where that one was last heard.
    init(original: Binding, frame: UInt64) {
        firstFrame = frame
        promptedBefore = original.tally.firstAnswers &+ original.tally.rivalAnswers
        contenders[0] = Contender(original, isOriginal: true)
    }

    /// Begins anew when somebody claims the address after a pause: `holder` is its owner by now,
    /// unless it took the address from one that was heard within `window`, or before the clock was
    /// set back; `claimant` is the other one. That a virtual router whispered is remembered for
    /// `memory`: its port would do so once after each pause.
    mutating func beginAgain(
        holder: Binding, claimant: MACAddress, within window: Int64, memory: Int64,
        at time: Int64
    ) {
        var again = Contest(original: holder, frame: holder.tally.lastFrame)
        again.hasEverReturned = hasEverReturned || holder.isUsurped && contender(claimant) != nil
        again.dispute = dispute
        if holder.mac == dispute?.owner, !holder.isUsurped {
            // The owner was back: this is another dispute.
            again.dispute = Dispute(owner: holder.mac, time: time)
        }
        let first = original.flatMap(contender)
        if holder.isUsurped, let first, time.age(of: first.tally.lastTime) <= window {
            again.contenders = contenders
            again.firstFrame = firstFrame
            again.promptedBefore = promptedBefore
            again.wasOwnerFresh = wasOwnerFresh
        }
        again.lastWhisperer = lastWhisperer
        for index in contenders.indices {
            if let contender = contenders[index] {
                again.inherits(contender, isAllowed: !whispers(contender))
            }
        }
        again.hasWhispered = time.isWithin(memory, of: again.lastWhisperer)
        self = again
    }

    /// Notes what is to be remembered of a contender that is one no more.
    private mutating func leaves(_ contender: Contender) {
        guard contender.mac.isVirtualRouter,
            contender.tally.unsolicited > contender.whispersBefore
        else { return }
        lastWhisperer = max(lastWhisperer, contender.tally.lastTime)
        hasWhispered = true
    }

    /// Takes over what is to be remembered of a contender of the contest before, and forgets what
    /// was allowed there.
    private mutating func inherits(_ contender: Contender, isAllowed: Bool) {
        if isAllowed || place(of: contender.mac) == nil { leaves(contender) }
        let before = isAllowed ? contender.tally.unsolicited : contender.whispersBefore
        update(contender.mac) { $0.allow(before) }
    }

    /// Who was heard first to have the address.
    var original: MACAddress? {
        for index in contenders.indices where contenders[index]?.isOriginal == true {
            return contenders[index]?.mac
        }
        return nil
    }

    /// The place of a station among the contenders.
    func place(of mac: MACAddress) -> Int? {
        for index in contenders.indices where contenders[index]?.mac == mac { return index }
        return nil
    }

    /// A station, where it is one of the contenders.
    func contender(_ mac: MACAddress) -> Contender? {
        place(of: mac).flatMap { contenders[$0] }
    }

    /// Which of some stations claims the address: the holder, or another one; nil where the holder
    /// had it before all others, or was expected to have it: anybody can speak in a station's name.
    func claimant(among stations: Set<MACAddress>, holder: MACAddress) -> MACAddress? {
        if stations.contains(holder) { return holder }
        guard holder != dispute?.owner, holder != original else { return nil }
        // In the order of their claims: that of a set is another one in each run.
        for index in contenders.indices {
            if let mac = contenders[index]?.mac, stations.contains(mac) { return mac }
        }
        return nil
    }

    /// Puts a binding's tally where its station is, or where the quietest contender was.
    mutating func keep(_ binding: Binding) {
        if let index = place(of: binding.mac) {
            contenders[index]?.take(binding.tally)
        } else {
            let index = quietest
            if let left = contenders[index] { leaves(left) }
            contenders[index] = Contender(binding, isOriginal: false)
        }
    }

    /// Lets `change` alter what is remembered of a station.
    mutating func update(_ mac: MACAddress, _ change: (inout Contender) -> Void) {
        guard let index = place(of: mac), var contender = contenders[index] else { return }
        change(&contender)
        contenders[index] = contender
    }

    /// Notes a change of owner.
    mutating func noteChange(
        at time: Int64, isAnnounced: Bool, isReturn: Bool, isToOriginal: Bool
    ) {
        changes.add(time)
        lastWasReturn = isReturn
        if isReturn {
            hasReturned = true
            hasEverReturned = true
        }
        if isAnnounced { announcements.add(time) }
        if !isAnnounced, !isToOriginal { silentTakeovers.add(time) }
        lastWasTold = isAnnounced
        if isToOriginal, originalReturns < .max { originalReturns += 1 }
    }

    /// Notes that who took the address put its owner back.
    mutating func notePutBack(at time: Int64) { changes.add(time) }

    /// Notes that the last change gave the address to a station that was never heard before, and
    /// says whether it counts as a stranger.
    mutating func noteNew(
        _ mac: MACAddress, isPrompted: Bool, within window: Int64, at time: Int64
    ) -> Bool {
        strangers.addNew(mac, isPrompted: isPrompted, within: window, at: time)
    }

    /// Notes that a station that was heard before uses the address: it asks for others, or answers
    /// when everybody is asked: `isAnswer`.
    mutating func noteUse(
        by mac: MACAddress, isAnswer: Bool, within window: Int64, at time: Int64
    ) {
        strangers.hears(mac, isAnswer: isAnswer, within: window, at: time)
    }

    /// How many strangers took the address in the window, while its first owner went on to use it.
    func strangers(within window: Int64, at time: Int64) -> Int {
        originalReturns < Self.returnsMin ? 0 : strangers.count(within: window, at: time)
    }

    /// How often an owner has to be back to be there all the time.
    private static let returnsMin: UInt8 = 2

    /// Whether the first owner took the address back no more than once, as one does that was away.
    var isOwnerBackOnce: Bool { originalReturns < Self.returnsMin }

    /// How many changes there were in the window before `time`.
    func changes(within window: Int64, at time: Int64) -> Int {
        changes.count(within: window, at: time)
    }

    /// Whether only one of them ever tells anybody that it has the address, and that one answers
    /// when asked and whispers nothing: the others ask everybody in its name, as ports of virtual
    /// routers and servers behind a balancer do.
    var hasOneTeller: Bool { hasOneTeller(\.tally.onlyAsks) }

    /// The same, where `onlyAsks` tells of each whether it only asks.
    func hasOneTeller(_ onlyAsks: (Contender) -> Bool) -> Bool {
        var hasTeller = false
        for index in contenders.indices {
            guard let contender = contenders[index], !onlyAsks(contender) else { continue }
            if hasTeller || contender.tally.prompted == 0 || whispers(contender) { return false }
            hasTeller = true
        }
        return hasTeller
    }

    /// Whether a contender tells single stations what they never asked. A virtual router's port may
    /// once in a while, where the capture lacks a question.
    private func whispers(_ contender: Contender) -> Bool {
        let tally = contender.tally
        let isPorts = contender.mac.isVirtualRouter && tally.ownUnsolicited == 0
        let whispers = tally.unsolicited &- (isPorts ? contender.whispersBefore : 0)
        return whispers > (isPorts && !hasWhispered ? 1 : 0)
    }

    /// Whether one of them answers when asked, and tells nobody unasked.
    var hasAnswerer: Bool {
        contenders.indices.contains { index in
            contenders[index].map { $0.tally.prompted > 0 && $0.tally.unsolicited == 0 } ?? false
        }
    }

    /// Whether each change in the window was told to everybody, as honest moves are.
    func isAllAnnounced(within window: Int64, at time: Int64) -> Bool {
        announcements.count(within: window, at: time) >= changes.count(within: window, at: time)
    }

    /// Whether each change but the first owner's returns was: an owner that was away comes back by
    /// whatever it has to say.
    func isEachTakeoverAnnounced(within window: Int64, at time: Int64) -> Bool {
        silentTakeovers.count(within: window, at: time) == 0
    }

    private var quietest: Int {
        var found = 0
        var quietestTime = Int64.max
        for index in contenders.indices {
            guard let contender = contenders[index] else { return index }
            if !contender.isOriginal, contender.tally.lastTime < quietestTime {
                found = index
                quietestTime = contender.tally.lastTime
            }
        }
        return found
    }
}
