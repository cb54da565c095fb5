// SPDX-License-Identifier: Apache-2.0

/// One packet and all that is known about it: what the rules judge.
///
/// A rule is a pure function from a sighting to a finding, so that a sighting made by hand shows
/// what it does.
struct Sighting: Sendable {
    /// The packet.
    var packet: ARPPacket
    /// The frame's number.
    var frame: UInt64
    /// When it was captured, in nanoseconds since 1970.
    var time: Int64
    /// In which way it claims an address.
    var form: ClaimForm
    /// How much the frame's source sends.
    var rates = Rates()
    /// Whether the address is the router's.
    var isGateway = false
    /// The declared owner of the address.
    var declared: MACAddress?
    /// Who was known to have the address before this packet.
    var knownOwner: MACAddress?
    /// Whether another station sends it in the name of the address's owner, who had it before and
    /// behaves as owners do.
    var isInOwnersName = false
    /// Whether that owner was the first to answer when everybody was asked.
    var hasOwnerAnswered = false
    /// What explains that the sender has the address.
    var explanation: Explanation?
    /// Whether the address moved and something explains it.
    var movedFrom: MACAddress?
    /// The move, when nothing explains it.
    var change: BindingChange?
    /// The likeliest forger among those who claim the address.
    var suspect: Suspect?
    /// What tells against the sender itself, when the address moved and nothing explains it.
    var claimant: Suspect?
    /// Whether its sender and the first owner are ports of one machine, by their addresses.
    var hasSiblings = false
    /// Whether its sender has another address all the same that no such port uses.
    var isApart = false
    /// Whether the frame's source claimed the address for itself before, and not as its owner,
    /// whom the packet names.
    var isSourceRival = false
    /// Whether the frame's source is known to use addresses of its own.
    var isSourceKnown = false
    /// Whether the frame's source is trusted.
    var isSourceTrusted = false
    /// Whether the frame's source is that of a station that has nothing to do with the claim, as
    /// far as can be told: its owner, or another one that somebody wears.
    var isSourceWorn = false
    /// For how many senders the frame's source spoke, and since which frame.
    var spokenFor = (count: 0, firstFrame: UInt64(0))
    /// How often the target was told this unasked, and since which frame.
    var repetition = (count: 0, firstFrame: UInt64(0))
    /// How many stations that were never heard before took the address, while its owner is there.
    var strangers = 0
    /// How many stations that were never heard before took any address a short while ago, when
    /// this one is another.
    var takers = 0
    /// How many owners were there then: heard just before, or back since.
    var robbed = 0
    /// Whether this is one of several owners that are back a while after many such stations.
    var isBackAfterRobbery = false
    /// Whether its source was never heard before.
    var isNewStation = false
    /// Whether its sender goes on and on claiming what it took, other than by answers.
    var isInsisting = false
    /// Whether it tells everybody alone, and the former owner is gone.
    var mayBeHeir = false
    /// Whether it asks everybody for what it was told a moment ago.
    var isAskedAgain = false
    /// How many addresses that it had not used before its sender told everybody about.
    var newAddresses = 0
    /// Whether nobody disputes that its sender has the address, and had it before.
    var isSettled = false
    /// Whether its sender took addresses from more than one station.
    var robsSeveral = false
    /// Whether only one direction of the target's traffic seems to be captured, or no questions.
    var isOneSided = false
    /// Whether the sender asks everybody in the name of the address that it claims, which nobody
    /// contests, and claims no other, and it may have been asked where that is not captured.
    var mayBeAskedUnseen = false
    /// Whether the sender's answers are nearly all asked for.
    var isMostlyAsked = false
    /// Whether what it and its reverse told unasked are answers of one that mostly is asked, and
    /// the first to answer.
    var isAnswererForBoth = false
    /// Whether the target had just asked for the address, whoever answered first.
    var wasAskedLately = false
    /// Whether the frame's source or the sender had asked others for the address.
    var hasSpeakerAsked = false
    /// That the sender asks for an address that it claimed itself, or that it owns one of which
    /// another station does.
    var confession: Confession?
    /// Another address that the sender uses as its own.
    var otherAddress: IPv4Address?
    /// What the sender told, the other way round, a short while ago.
    var reverse: ToldPair?
    /// Whether that was the router's address.
    var isReverseGateway = false
    /// Who has the target's address, when the packet names another station for it.
    var contradictedTarget: MACAddress?
    /// Whether that owner named the same station by the sender's address as well.
    var isMutuallyPoisoned = false
    /// Whether that owner was heard again after the first such packet.
    var isOwnerThere = false
    /// How many packets named that station wrongly, and since which frame.
    var poisoned = (count: 0, firstFrame: UInt64(0))
    /// How many stations are new, when this one is.
    var newcomers: Newcomers.Count?
    /// The same of its interface, whatever the VLAN.
    var newcomersOfInterface: Newcomers.Count?

    /// Whether all that is odd about the claim may be that one machine has several ports. The
    /// gateway's address is too dear for that.
    var isOneMachine: Bool { hasSiblings && !isApart && !isGateway }

    /// Whether it asks everybody.
    var isQuestionToMany: Bool { form == .question && packet.isToMany }

    /// Whether the frame comes from another station than the packet's sender.
    var isMismatched: Bool { packet.source != packet.sender.mac }

    /// Where the frame comes from, as far as it says so.
    var origin: MACAddress { packet.source.isUnicast ? packet.source : packet.sender.mac }

    /// Whom to blame for what the packet claims: who sent it in another's name; or its sender, who
    /// gets the traffic, where the frame's source says nothing.
    var speaker: MACAddress { isSourceWorn || isSourceTrusted ? packet.sender.mac : origin }
}

/// That a station asks others for an address that it took a short while ago.
struct Confession: Equatable, Sendable {
    /// The station and the address.
    var claim: AddressPair
    /// Under which address of its own it asks.
    var own: IPv4Address
    /// Who had it.
    var from: MACAddress
    /// Whether it is the router's.
    var isGateway: Bool
    /// Whether no honest reading is left.
    var isSure: Bool
}

/// How much a station sent a short while ago, as far as a packet adds to it.
struct Rates: Equatable, Sendable {
    /// Claims that nobody asked for.
    var claims = 0
    /// Requests.
    var requests = 0
    /// Different addresses that it asked everybody for.
    var scanned = 0
}

/// A station that is probably forging, and why.
struct Suspect: Equatable, Sendable {
    /// The station.
    var mac: MACAddress
    /// From where frames came that spoke for it, if from elsewhere.
    var spokesman: MACAddress?
    /// One of those whose address it takes.
    var rival: MACAddress
    /// What tells.
    var evidence: ForgerEvidence
    /// Whether it had the address first and behaves as owners do, and others speak in its name as
    /// forgers do, under a source that is known or trusted, or is not remembered.
    var isSpokenFor = false
    /// The first owner, where that is so of it.
    var spokenFor: MACAddress?
    /// The other address of its own that tells.
    var other: IPv4Address?
    /// How many unsolicited claims it made.
    var unsolicited: UInt32 = 0
    /// Whether it did nothing but answer when asked.
    var onlyAnswers = false
    /// Whether it answered when asked, and never unasked.
    var isAnsweringOnly = false
    /// Whether each change was told to everybody.
    var isAllAnnounced = false
    /// Whether each change was but the first owner's returns.
    var isEachTakeoverAnnounced = false
    /// Whether it had asked others for the address.
    var hasAsked = false
    /// How many owners took back lately what it had just taken from them.
    var ownersBack = 0
    /// Whether the first owner took the address back no more than once.
    var isOwnerBackOnce = false
    /// Whether all but one of them only ask everybody in the address's name.
    var hasOneTeller = false
    /// Whether somebody who had the address before took it back.
    var hasReturned = false
    /// Who was heard first to have the address.
    var original: MACAddress?
    /// The first frame of the contest.
    var firstFrame: UInt64 = 0
}
