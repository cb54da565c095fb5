// SPDX-License-Identifier: Apache-2.0

extension Segment {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(vlans.bits, byteCount: 8)
        bytes.append(UInt64(interface), byteCount: 4)
    }

    fileprivate init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let bits = reader.number(bytes, byteCount: 8),
            let interface = reader.uint32(bytes)
        else { return nil }
        self.init(interface: interface)
        for shift in stride(from: 48, through: 0, by: -16) {
            vlans.push(UInt16(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        // Each tag has its mark: other bits are not what a stack can hold.
        guard vlans.bits == bits else { return nil }
    }
}

extension AddressPair {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(mac.bits, byteCount: 6)
        bytes.append(UInt64(ip.bits), byteCount: 4)
    }

    fileprivate init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let mac = reader.mac(bytes), let ip = reader.ipv4(bytes) else { return nil }
        self.init(mac: mac, ip: ip)
    }
}

extension FrameOrigin {
    func append(to bytes: inout [UInt8]) {
        segment.append(to: &bytes)
        bytes.append(source.bits, byteCount: 6)
    }

    init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let segment = Segment(encoded: bytes, &reader), let source = reader.mac(bytes)
        else { return nil }
        self.init(source: source, segment: segment)
    }
}

extension ARPPacket {
    func append(to bytes: inout [UInt8]) {
        segment.append(to: &bytes)
        bytes.append(source.bits, byteCount: 6)
        bytes.append(destination == nil ? 0 : 1, byteCount: 1)
        bytes.append(destination?.bits ?? 0, byteCount: 6)
        bytes.append(UInt64(operation), byteCount: 2)
        bytes.append(UInt64(framing), byteCount: 3)
        sender.append(to: &bytes)
        target.append(to: &bytes)
    }

    init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let segment = Segment(encoded: bytes, &reader), let source = reader.mac(bytes),
            let hasDestination = reader.uint8(bytes), hasDestination < 2,
            let destination = reader.mac(bytes),
            let operation = reader.number(bytes, byteCount: 2),
            let framing = reader.number(bytes, byteCount: 3),
            let sender = AddressPair(encoded: bytes, &reader),
            let target = AddressPair(encoded: bytes, &reader)
        else { return nil }
        self.segment = segment
        self.source = source
        self.destination = hasDestination == 1 ? destination : nil
        self.operation = UInt16(truncatingIfNeeded: operation)
        self.framing = UInt32(truncatingIfNeeded: framing)
        self.sender = sender
        self.target = target
    }
}

extension DHCPAcknowledgement {
    func append(to bytes: inout [UInt8]) {
        segment.append(to: &bytes)
        bytes.append(server.bits, byteCount: 6)
        bytes.append(UInt64(serverAddress.bits), byteCount: 4)
        lease.append(to: &bytes)
        bytes.append(router == nil ? 0 : 1, byteCount: 1)
        bytes.append(UInt64(router?.bits ?? 0), byteCount: 4)
    }

    init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let segment = Segment(encoded: bytes, &reader), let server = reader.mac(bytes),
            let serverAddress = reader.ipv4(bytes),
            let lease = AddressPair(encoded: bytes, &reader),
            let hasRouter = reader.uint8(bytes), hasRouter < 2, let router = reader.ipv4(bytes)
        else { return nil }
        self.segment = segment
        self.server = server
        self.serverAddress = serverAddress
        self.lease = lease
        self.router = hasRouter == 1 ? router : nil
    }
}

extension RouterAdvert {
    func append(to bytes: inout [UInt8]) {
        segment.append(to: &bytes)
        bytes.append(source.bits, byteCount: 6)
        bytes.append(UInt64(router.bits), byteCount: 4)
        bytes.append(virtualMAC.bits, byteCount: 6)
        bytes.append(UInt8(addresses.count))
        for address in addresses { bytes.append(UInt64(address.bits), byteCount: 4) }
    }

    init?(encoded bytes: Span<UInt8>, _ reader: inout RecordReader) {
        guard let segment = Segment(encoded: bytes, &reader), let source = reader.mac(bytes),
            let router = reader.ipv4(bytes), let virtualMAC = reader.mac(bytes),
            let count = reader.uint8(bytes), count <= Self.addressesMax
        else { return nil }
        var addresses: [IPv4Address] = []
        for _ in 0..<count {
            guard let address = reader.ipv4(bytes) else { return nil }
            addresses.append(address)
        }
        self.segment = segment
        self.source = source
        self.router = router
        self.virtualMAC = virtualMAC
        self.addresses = addresses
    }
}
