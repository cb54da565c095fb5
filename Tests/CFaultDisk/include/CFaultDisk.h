// SPDX-License-Identifier: Apache-2.0
// A disk under SQLite that fails, dies and loses power on request.
//
// It is a VFS of SQLite (https://sqlite.org/vfs.html) over the machine's own one: bytes go to real
// files, and what was written since a file's last sync is remembered, so that a loss of power can
// take any part of it back.

#ifndef CFAULTDISK_H
#define CFAULTDISK_H

#include <stdint.h>

/// One disk. Used by one thread at a time.
typedef struct fault_disk fault_disk;

/// What a write meets once the countdown is over.
enum fault_kind {
    /// Nothing happens.
    FAULT_NONE = 0,
    /// This write fails for lack of room, and all later ones until the fault is cleared.
    FAULT_FULL = 1,
    /// This write alone fails with an error of the device.
    FAULT_ERROR = 2,
    /// The process dies here: nothing that it does any more reaches the disk.
    FAULT_DEATH = 3,
};

/// Makes a disk and registers it with SQLite under its own name; NULL without memory.
fault_disk *fault_disk_make(void);

/// Unregisters and frees a disk on which no file is open.
void fault_disk_free(fault_disk *disk);

/// The name under which SQLite knows the disk.
const char *fault_disk_name(const fault_disk *disk);

/// Lets the write after `writes` further ones meet `kind`.
void fault_disk_plan(fault_disk *disk, int kind, int64_t writes);

/// Counts one write that is made past SQLite; what it meets.
int fault_disk_step(fault_disk *disk);

/// Whether the planned fault was met.
int fault_disk_was_met(const fault_disk *disk);

/// Writes, syncs and truncations so far.
int64_t fault_disk_writes(const fault_disk *disk);

/// Loses power: of every write since its file's last sync, any part is taken back, as `seed`
/// decides. No file may be open. Returns the number of writes that were lost or torn.
int64_t fault_disk_lose_power(fault_disk *disk, uint64_t seed);

/// Forgets unsynced writes, as an orderly end of the machine would: they are on the disk.
void fault_disk_settle(fault_disk *disk);

/// Whether a text stands anywhere in bytes: quicker than any loop, since whole homes are searched.
int fault_disk_holds(const void *bytes, int64_t count, const char *text);

#endif
