// SPDX-License-Identifier: Apache-2.0

private import CSystem

/// The kernel's own count of what becomes of carriers, in this process's network namespace: the
/// files under `/sys` may be another one's.
public enum CarrierCount {
    /// How often the interface of this name lost its carrier; nil without one, or where the kernel
    /// does not count it.
    public static func losses(of name: String) -> Int64? {
        guard let index = LinkChanges.index(of: name) else { return nil }
        let losses = csystem_carrier_losses(index)
        return losses < 0 ? nil : losses
    }
}
