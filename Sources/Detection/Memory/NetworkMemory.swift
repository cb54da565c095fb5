// SPDX-License-Identifier: Apache-2.0

/// All that a detector remembers of a network, in tables of bounded size.
///
/// It takes packets in and says what is known about them; it judges nothing. The steps are in the
/// files `NetworkMemory+….swift`.
struct NetworkMemory: ~Copyable, Sendable {
    private let settings: Settings
    /// Whether routine packets take the short way; a test compares both ways.
    let hasShortWay: Bool
    /// An address of each station that was known to have one before the first frame.
    var knownAddresses: [StationKey: IPv4Address] = [:]
    var stations: BoundedTable<StationKey, Station>
    var contests: BoundedTable<AddressKey, Contest>
    var bindings: BindingTable
    var questions: BoundedTable<QuestionKey, Question>
    /// Where the last question is: most answers follow theirs at once.
    private var lastQuestion = 0
    /// Whether anybody was heard to ask everybody: else the capture lacks the questions.
    private(set) var hasQuestions = false
    var repetitions: BoundedTable<ClaimKey, Repetition>
    var insistences: BoundedTable<ClaimKey, Repetition>
    var listeners: BoundedTable<StationKey, Listener>
    var poisoned: BoundedTable<StationKey, Repetition>
    var spokenFor: BoundedTable<StationKey, SpokenFor>
    var scans: BoundedTable<StationKey, Scan>
    var newcomers: BoundedTable<StationKey, Newcomers>
    var routers: BoundedTable<AddressKey, Bool>
    var explanations: Explanations

    /// An empty memory.
    init(_ configuration: DetectorConfiguration, hasShortWay: Bool = true) {
        settings = Settings(configuration)
        self.hasShortWay = hasShortWay
        let limits = configuration.limits
        let seed = configuration.tableSeed
        var guarded = Set(configuration.staticBindings.keys)
        if let gateway = configuration.gateway { guarded.insert(gateway) }
        bindings = BindingTable(guarding: guarded, limits: limits, seed: seed)
        contests = BoundedTable(countMax: limits.contestsMax, seed: seed)
        stations = BoundedTable(countMax: limits.stationsMax, seed: seed)
        questions = BoundedTable(countMax: limits.questionsMax, seed: seed)
        repetitions = BoundedTable(countMax: limits.repetitionsMax, seed: seed)
        insistences = BoundedTable(countMax: limits.entriesMax, seed: seed)
        listeners = BoundedTable(countMax: limits.entriesMax, seed: seed)
        poisoned = BoundedTable(countMax: limits.entriesMax, seed: seed)
        spokenFor = BoundedTable(countMax: limits.entriesMax, seed: seed)
        scans = BoundedTable(countMax: limits.entriesMax, seed: seed)
        newcomers = BoundedTable(countMax: limits.entriesMax, seed: seed)
        routers = BoundedTable(countMax: limits.entriesMax, seed: seed)
        explanations = Explanations(settings)
    }

    /// What it is told about the network.
    var configuration: DetectorConfiguration {
        @inline(__always) _read { yield settings.configuration }
    }

    /// When the rules speak.
    var thresholds: Thresholds {
        @inline(__always) _read { yield settings.configuration.thresholds }
    }

    /// What is to be known about a packet before it is worth more.
    struct News {
        /// In which way the packet claims an address.
        fileprivate var form: ClaimForm
        /// How much its source sends.
        fileprivate var rates: Rates
        /// Whether its source was never heard before.
        fileprivate var isNewStation: Bool
        /// Whether it asks for what it was told a moment ago.
        fileprivate var isAskedAgain: Bool
    }

    /// Takes a request or a reply in, where no rule could have anything to say about it: a copy,
    /// or routine. Everything else is to be handed to ``observe(_:_:frame:time:)``.
    mutating func admit(_ packet: ARPPacket, frame: UInt64, time: Int64) -> News? {
        // All three are looked up before any is looked at, so that memory is waited for once.
        let source = StationKey(segment: packet.segment, mac: packet.source)
        let known = stations.peek(source)
        let question = questions.peek(packet.questionKey, guess: lastQuestion)
        let binding = bindings.peek(AddressKey(segment: packet.segment, ip: packet.sender.ip))
        let index = known ?? stations.insert(source, Station())
        if known != nil { stations.use(index) }
        let print = CopyPrint(
            packet, isHolders: isHolder(packet, at: binding), seed: configuration.tableSeed)
        if stations[index].isCopy(print, at: time, within: thresholds.copyWithin) {
            if packet.isRequest { noteCopy(of: packet, at: question, time: time) }
            return nil
        }
        let isAskedAgain = packet.isRequest && wasAnswered(question, at: time)
        let form = classify(packet, question, time: time)
        stations[index].notesAnswer(print, form.isPrompted)
        let rates = noteRates(packet, form, stationAt: index, time: time)
        if hasShortWay, known != nil, rates.isQuiet(thresholds), let binding,
            isRoutine(
                packet, form, isAskedAgain: isAskedAgain, stationAt: index, binding, frame: frame,
                time: time)
        {
            return nil
        }
        return News(
            form: form, rates: rates, isNewStation: known == nil, isAskedAgain: isAskedAgain)
    }

    /// Takes a packet in that is news, and returns what is known about it.
    mutating func observe(
        _ packet: ARPPacket, _ news: News, frame: UInt64, time: Int64
    ) -> Sighting {
        var sighting = Sighting(
            packet: packet, frame: frame, time: time, form: news.form, rates: news.rates)
        sighting.isAskedAgain = news.isAskedAgain
        sighting.isNewStation = news.isNewStation
        if news.isNewStation { noteNewcomer(&sighting) }
        noteSource(&sighting)
        guard packet.sender.ip != .unspecified else { return sighting }
        describeAddress(&sighting)
        if isPutToAbsent(sighting) { return sighting }
        if packet.sender.mac.isUnicast {
            noteOwner(&sighting)
            noteAddresses(&sighting)
            noteConfession(&sighting)
            noteInsistence(&sighting)
            if sighting.form == .unsolicited {
                noteRepetition(&sighting)
                noteQuestions(&sighting)
            }
        } else {
            let key = AddressKey(segment: packet.segment, ip: packet.sender.ip)
            sighting.knownOwner = bindings.owner(key)
        }
        return sighting
    }

    /// Takes in what a DHCP server says.
    mutating func note(_ lease: DHCPAcknowledgement, at time: Int64) {
        explanations.note(lease, at: time) {
            bindings.owner(AddressKey(segment: lease.segment, ip: $0))
        }
        guard let router = lease.router, lease.server != lease.lease.mac else { return }
        noteRouter(router, in: lease.segment)
    }

    /// Takes in what a group of routers says.
    mutating func note(_ advert: RouterAdvert, at time: Int64) {
        explanations.note(advert, at: time)
        for ip in advert.addresses { noteRouter(ip, in: advert.segment) }
    }

    private mutating func noteRouter(_ ip: IPv4Address, in segment: Segment) {
        _ = routers.findOrInsert(AddressKey(segment: segment, ip: ip), true)
    }

    /// In which way a packet claims an address, and whose question it pays: the one at the place
    /// `question`, if there is one, and no question of its own.
    @inline(__always)
    private mutating func classify(
        _ packet: ARPPacket, _ question: Int?, time: Int64
    ) -> ClaimForm {
        let isAnnouncement = packet.sender.ip == packet.target.ip && packet.isToMany
        if packet.isRequest {
            if isCopied(packet, at: question, time: time) {
                noteCopy(of: packet, at: question, time: time)
            } else {
                noteQuestion(packet, at: question, time: time)
            }
            if packet.isToMany { hasQuestions = true }
            if packet.sender.ip == .unspecified { return .probe }
            return isAnnouncement ? .announcement : .question
        }
        if isAnnouncement { return .announcement }
        if let question, packet.mayAnswer(askedOfAll: questions[question].isToMany) {
            questions.use(question)
            let form = questions[question].answered(
                by: packet.sender.mac, in: packet.segment, at: time, thresholds,
                seed: configuration.tableSeed)
            if form.isPrompted { return form }
        }
        return packet.isToMany ? .announcement : .unsolicited
    }

    /// Whether the question at a place was asked and answered a moment ago.
    @inline(__always)
    private func wasAnswered(_ place: Int?, at time: Int64) -> Bool {
        guard let place else { return false }
        return questions.read(place) {
            $0.wasAnswered(within: thresholds.askedAgainPause, at: time)
        }
    }

    /// Whether the question at a place is the one of a packet, seen elsewhere a moment ago.
    @inline(__always)
    private func isCopied(_ packet: ARPPacket, at place: Int?, time: Int64) -> Bool {
        guard let place else { return false }
        return questions.read(place) { $0.isCopied(in: packet.segment, at: time, thresholds) }
    }

    /// A copy of a question asks nothing anew, but those who answered before it came may answer
    /// again.
    private mutating func noteCopy(of packet: ARPPacket, at place: Int?, time: Int64) {
        if let place {
            questions[place].askedAgain()
        } else {
            noteQuestion(packet, at: nil, time: time)
        }
    }

    @inline(__always)
    private mutating func noteQuestion(_ packet: ARPPacket, at place: Int?, time: Int64) {
        var question = Question(packet, time: time)
        if let place {
            questions.use(place)
            let isAnnounced = packet.sender.ip == packet.target.ip && packet.isToMany
            questions.read(place) { question.follows($0, isAnnounced: isAnnounced, thresholds) }
            questions[place] = question
            lastQuestion = place
        } else {
            lastQuestion = questions.insert(packet.questionKey, question)
        }
    }

    /// Whether a packet's sender has the address that it claims, by the binding at a place, and did
    /// not take it.
    @inline(__always)
    func isHolder(_ packet: ARPPacket, at place: BindingTable.Place?) -> Bool {
        guard let place else { return false }
        return bindings[place].mac == packet.sender.mac && !bindings[place].isUsurped
    }

    /// What was said beforehand about the address that a packet claims.
    private func describeAddress(_ sighting: inout Sighting) {
        let packet = sighting.packet
        sighting.isGateway = isGateway(packet.sender.ip, in: packet.segment)
        if !configuration.staticBindings.isEmpty {
            sighting.declared = configuration.staticBindings[packet.sender.ip]
        }
    }

    /// Whether an address is that of a router: as configured, by DHCP's word, or by the routers'.
    func isGateway(_ ip: IPv4Address, in segment: Segment) -> Bool {
        if ip == configuration.gateway { return true }
        return routers.contains(AddressKey(segment: segment, ip: ip))
    }

    /// What explains a move of an address. No lease explains the gateway's, nor that one station
    /// is told of a move unasked: `isTold`.
    func explanation(of move: Move, isGateway: Bool, isTold: Bool) -> Explanation? {
        if isAdvertised(move) { return .sharedRouter }
        return !isGateway && !isTold && explanations.isLeased(move) ? .lease : nil
    }

    /// Whether a group of routers explains a move.
    func isAdvertised(_ move: Move) -> Bool {
        explanations.isAdvertised(
            move,
            owner: { bindings.owner(AddressKey(segment: move.segment, ip: $0)) },
            answerer: { ip in
                let place = bindings.peek(AddressKey(segment: move.segment, ip: ip))
                return place.flatMap { place in
                    bindings[place].tally.soleAnswers > 0 ? bindings[place].mac : nil
                }
            })
    }
}

extension ARPPacket {
    /// Whether it can be the answer to a question that its target put to all or to one: who was
    /// asked alone has nothing to tell everybody. Where it tells so of its own address (RFC 3927,
    /// section 2.5), that is an announcement.
    @inline(__always)
    fileprivate func mayAnswer(askedOfAll isToMany: Bool) -> Bool {
        isReply && target.mac != sender.mac && goesToTarget
            && (isToMany || destination != .broadcast)
    }

    /// The question that it asks or answers.
    @inline(__always)
    fileprivate var questionKey: QuestionKey {
        isRequest
            ? QuestionKey(asker: sender.mac, wanted: target.ip)
            : QuestionKey(asker: target.mac, wanted: sender.ip)
    }
}
