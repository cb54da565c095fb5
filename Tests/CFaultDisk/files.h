// SPDX-License-Identifier: Apache-2.0
// The files of a simulated disk, in memory: what stands at which path, and who has it open.

#ifndef CFAULTDISK_FILES_H
#define CFAULTDISK_FILES_H

#include "CFaultDisk.h"

#define SHM_LOCKS 8
#define SHM_REGIONS_MAX 64

// One file. It lives as long as it has a path or somebody has it open.
struct fault_file {
    fault_file *next;       // the disk's next file; unused once it has no path
    char *path;             // NULL once it was removed, or if it never had one
    unsigned char *bytes;
    int64_t size;
    int64_t room;           // as many bytes as `bytes` has
    int users;              // who has it open
    int is_mapped;          // somebody holds its bytes as memory: they stay where they are
    int is_locked;          // by one who took the whole file
    // What SQLite locks in a database file: https://sqlite.org/lockingv3.html
    int readers;
    void *writer;
    int is_pending;
    // The index of a write-ahead log, shared by all who have the database open.
    unsigned char *regions[SHM_REGIONS_MAX];
    int shm_users;
    int shm_readers[SHM_LOCKS];
    void *shm_writer[SHM_LOCKS];
};

// One write since the last sync of its file: what stood there, and what was written.
struct change {
    struct change *next;
    fault_file *file;
    int64_t offset;
    int64_t size_before;
    int length;             // of the new bytes; -1 for a truncation to `offset`
    int old_length;
    unsigned char *bytes;   // old bytes, then new ones
};

// A file without a path.
fault_file *file_make(void);

// The file at a path; makes one if asked to. NULL without.
fault_file *file_at(fault_disk *disk, const char *path, int create);

// Gives up what `file_make` made or `fault_file_open` opened.
void file_release(fault_file *file);

// Makes a file longer, with zeros, or shorter; 0 without memory.
int file_resize(fault_file *file, int64_t size);

// Puts bytes in their place, which may be behind the end; 0 without memory.
int file_put(fault_file *file, int64_t offset, const void *bytes, int64_t count);

// Remembers what a write of `length` bytes, or a truncation for -1, is about to change; 0 without
// memory.
int changes_add(fault_disk *disk, fault_file *file, int64_t offset, const void *bytes, int length);

// What was written to a file is on the disk for good, or gone with it.
void changes_forget(fault_disk *disk, const fault_file *file);

// Removes all files.
void disk_empty(fault_disk *disk);

#endif
