// SPDX-License-Identifier: Apache-2.0

private import CSystem

/// What this process's allocator does with large blocks.
public enum LargeBlocks {
    /// Has blocks of 128 KiB and more go back to the system as soon as they are freed. The GNU
    /// allocator ceases to do so by itself once it has freed some, and keeps what threads needed at
    /// their worst: a server of large bodies then takes several times what is in flight. Returns
    /// whether it will.
    @discardableResult public static func giveBack() -> Bool {
        csystem_give_back_blocks(128 << 10)
    }
}
