// SPDX-License-Identifier: Apache-2.0

extension ExportLogsRequest {
    /// The protobuf encoding of a request with one resource and one scope, around records that are
    /// encoded already, each with tag and length as field 2 of `ScopeLogs`.
    ///
    /// Gives the same bytes as `encoded()` of the same content, and holds no record twice.
    public static func encoded(
        resource: Resource, scope: InstrumentationScope, records: [UInt8]
    ) -> [UInt8] {
        var inner = ProtobufWriter()
        if scope != InstrumentationScope() { inner.message(1, scope) }
        var middle = ProtobufWriter()
        if resource != Resource() { middle.message(1, resource) }
        middle.tag(2, .lengthDelimited)
        middle.varint(UInt64(inner.bytes.count + records.count))
        var outer = ProtobufWriter()
        outer.tag(1, .lengthDelimited)
        outer.varint(UInt64(middle.bytes.count + inner.bytes.count + records.count))
        let heads = outer.bytes + middle.bytes + inner.bytes
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heads.count + records.count)
        bytes += heads
        bytes += records
        return bytes
    }
}
