// SPDX-License-Identifier: Apache-2.0
// A disk in memory, under SQLite and under all other files of a home, that fails, dies and loses
// power on request.
//
// It is a VFS of SQLite (https://sqlite.org/vfs.html). What was written since a file's last sync is
// remembered, so that a loss of power can take any part of it back.

#ifndef CFAULTDISK_H
#define CFAULTDISK_H

#include <stdint.h>

/// One disk. Used by one thread at a time.
typedef struct fault_disk fault_disk;
/// One file on it.
typedef struct fault_file fault_file;

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

/// Unregisters a disk. It goes with the last database that is open on it: an optimiser may end the
/// life of a database after that of its disk. Files that somebody holds live on.
void fault_disk_free(fault_disk *disk);

/// The name under which SQLite knows the disk.
const char *fault_disk_name(const fault_disk *disk);

/// Lets the write after `writes` further ones meet `kind`.
void fault_disk_plan(fault_disk *disk, int kind, int64_t writes);

/// Counts one write that is made past SQLite; what it meets.
int fault_disk_step(fault_disk *disk);

/// Whether the planned fault was met.
int fault_disk_was_met(const fault_disk *disk);

/// Loses power: of every write since its file's last sync, any part is taken back, as `seed`
/// decides. No database may be open. Returns the number of writes that were lost or torn.
int64_t fault_disk_lose_power(fault_disk *disk, uint64_t seed);

/// The path of the file with a number from 0 on, in no order; NULL behind the last.
const char *fault_disk_path(const fault_disk *disk, int64_t index);

/// Puts a new file in the place of what stands at a path; 0 without memory.
int fault_disk_replace(fault_disk *disk, const char *path, const void *bytes, int64_t count);

/// Takes a file's path away; 0 if there is none.
int fault_disk_remove(fault_disk *disk, const char *path);

/// Gives a file another path, over what stands there; 0 if there is none, or no memory.
int fault_disk_rename(fault_disk *disk, const char *from, const char *to);

/// The file at a path, to be closed; makes it if asked to. NULL if there is none.
fault_file *fault_file_open(fault_disk *disk, const char *path, int create);

/// Ends what was opened.
void fault_file_close(fault_file *file);

/// A file's length in bytes.
int64_t fault_file_size(const fault_file *file);

/// A file's bytes, up to its next change by SQLite; for a mapped file for as long as it is open.
unsigned char *fault_file_bytes(const fault_file *file);

/// Lets a file have at least `count` bytes, which stay where they are from now on; 0 if they can't.
int fault_file_map(fault_file *file, int64_t count);

/// Locks a file as a whole; 0 if it is locked.
int fault_file_lock(fault_file *file);

/// Ends its lock.
void fault_file_unlock(fault_file *file);

/// Whether a text stands anywhere in bytes: quicker than any loop, since whole homes are searched.
int fault_disk_holds(const void *bytes, int64_t count, const char *text);

#endif
