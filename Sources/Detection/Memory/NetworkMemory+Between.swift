// SPDX-License-Identifier: Apache-2.0

extension NetworkMemory {
    /// Whether one of two claims was made of the station's own accord. A question to everybody
    /// is, where an owner came back to one of the two addresses, or both claims are such questions
    /// and both addresses contested: bridges that wear one address for many stations pass such
    /// questions on, and a station that moves behind one leaves its own address.
    func isUnasked(
        _ pair: ToldPair, or reverse: ToldPair, in segment: Segment
    ) -> Bool {
        if pair.isUnasked || reverse.isUnasked { return true }
        guard pair.isQuestionToMany || reverse.isQuestionToMany else { return false }
        let one = contests.value(AddressKey(segment: segment, ip: pair.claimed))
        let other = contests.value(AddressKey(segment: segment, ip: pair.listener))
        if one?.hasReturned == true || other?.hasReturned == true { return true }
        return pair.isQuestionToMany && reverse.isQuestionToMany && one != nil && other != nil
    }

    /// Whether what a station told was asked for, or is an answer like those that it mostly gives:
    /// as the first and only one, when everybody was asked for the same address.
    func mayHaveBeenAsked(
        _ mac: MACAddress, _ pair: ToldPair, in segment: Segment
    ) -> Bool {
        if pair.isUnaskedAnswer {
            let key = AddressKey(segment: segment, ip: pair.claimed)
            guard let tally = tally(of: mac, key), contests.value(key)?.rivalAnswers ?? 0 == 0
            else { return false }
            return tally.firstAnswers > 0 && tally.firstAnswers >= tally.unsolicited
        }
        return !pair.isUnasked && !pair.isQuestionToMany
    }

    /// How a station claimed an address, as its owner or one of several.
    func tally(of mac: MACAddress, _ key: AddressKey) -> ClaimTally? {
        if let place = bindings.peek(key), bindings[place].mac == mac {
            return bindings[place].tally
        }
        guard let contest = contests.value(key), let index = contest.place(of: mac)
        else { return nil }
        return contest.contenders[index]?.tally
    }
}
