// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CFaultDisk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// One write since the last sync of its file: what stood there, and what was written.
struct change {
    struct change *next;
    char *path;
    sqlite3_int64 offset;
    sqlite3_int64 size_before;
    int length;        // of the new bytes; -1 for a truncation to `offset`
    int old_length;
    unsigned char *bytes;  // old bytes, then new ones
};

struct fault_disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    char name[32];
    int kind;
    int64_t countdown;
    int met;
    int64_t writes;
    struct change *newest;
};

struct fault_file {
    sqlite3_file base;
    fault_disk *disk;
    char *path;
    sqlite3_file real[];
};

static int outcome(fault_disk *disk) {
    if (disk->met && disk->kind == FAULT_DEATH) return FAULT_DEATH;
    disk->writes++;
    if (disk->kind == FAULT_NONE) return FAULT_NONE;
    if (disk->met) return disk->kind == FAULT_FULL ? FAULT_FULL : FAULT_NONE;
    if (disk->countdown-- > 0) return FAULT_NONE;
    disk->met = 1;
    return disk->kind;
}

static int code(int outcome, int otherwise) {
    return outcome == FAULT_FULL ? SQLITE_FULL : otherwise;
}

// MARK: - Memory of unsynced writes

static void forget(struct change *change) {
    free(change->path);
    free(change->bytes);
    free(change);
}

static void forget_path(fault_disk *disk, const char *path) {
    for (struct change **link = &disk->newest; *link;) {
        struct change *change = *link;
        if (strcmp(change->path, path) == 0) {
            *link = change->next;
            forget(change);
        } else {
            link = &change->next;
        }
    }
}

static int remember(struct fault_file *file, sqlite3_int64 offset, const void *bytes, int length) {
    struct change *change = calloc(1, sizeof *change);
    sqlite3_int64 size = 0;
    if (!change || file->real->pMethods->xFileSize(file->real, &size)) return SQLITE_NOMEM;
    int room = length < 0 ? (int)(size > offset ? size - offset : 0) : length;
    change->bytes = calloc(1, (size_t)room + (length > 0 ? (size_t)length : 0) + 1);
    change->path = strdup(file->path);
    if (!change->bytes || !change->path) return SQLITE_NOMEM;
    change->offset = offset;
    change->size_before = size;
    change->length = length;
    sqlite3_int64 there = size > offset ? size - offset : 0;
    change->old_length = (int)(there < room ? there : room);
    if (change->old_length > 0) {
        int failed = file->real->pMethods->xRead(
            file->real, change->bytes, change->old_length, offset);
        if (failed) return failed;
    }
    if (length > 0) memcpy(change->bytes + change->old_length, bytes, (size_t)length);
    change->next = file->disk->newest;
    file->disk->newest = change;
    return SQLITE_OK;
}

// MARK: - Files

static int file_close(sqlite3_file *base) {
    struct fault_file *file = (struct fault_file *)base;
    free(file->path);
    return file->real->pMethods->xClose(file->real);
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xRead(real, bytes, count, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct fault_file *file = (struct fault_file *)base;
    int met = outcome(file->disk);
    if (met != FAULT_NONE) return code(met, SQLITE_IOERR_WRITE);
    int failed = remember(file, offset, bytes, count);
    if (failed) return failed;
    return file->real->pMethods->xWrite(file->real, bytes, count, offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct fault_file *file = (struct fault_file *)base;
    if (outcome(file->disk) != FAULT_NONE) return SQLITE_IOERR_TRUNCATE;
    int failed = remember(file, size, NULL, -1);
    if (failed) return failed;
    return file->real->pMethods->xTruncate(file->real, size);
}

static int file_sync(sqlite3_file *base, int flags) {
    struct fault_file *file = (struct fault_file *)base;
    (void)flags;
    if (outcome(file->disk) != FAULT_NONE) return SQLITE_IOERR_FSYNC;
    forget_path(file->disk, file->path);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xFileSize(real, size);
}

static int file_lock(sqlite3_file *base, int level) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *base, int level) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xUnlock(real, level);
}

static int file_reserved(sqlite3_file *base, int *result) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xCheckReservedLock(real, result);
}

static int file_control(sqlite3_file *base, int op, void *argument) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xFileControl(real, op, argument);
}

static int file_sector(sqlite3_file *base) {
    (void)base;
    return 512;
}

static int file_traits(sqlite3_file *base) {
    (void)base;
    return 0;
}

static int file_map(sqlite3_file *base, int page, int size, int extend, void volatile **out) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xShmMap(real, page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void file_barrier(sqlite3_file *base) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    real->pMethods->xShmBarrier(real);
}

static int file_unmap(sqlite3_file *base, int remove) {
    sqlite3_file *real = ((struct fault_file *)base)->real;
    return real->pMethods->xShmUnmap(real, remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

// MARK: - The disk

static int disk_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *flags_out) {
    fault_disk *disk = vfs->pAppData;
    struct fault_file *file = (struct fault_file *)base;
    file->disk = disk;
    file->base.pMethods = NULL;
    int result = disk->real->xOpen(disk->real, name, file->real, flags, flags_out);
    if (result != SQLITE_OK) return result;
    file->path = strdup(name ? name : "");
    if (!file->path) {
        file->real->pMethods->xClose(file->real);
        return SQLITE_NOMEM;
    }
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    fault_disk *disk = vfs->pAppData;
    if (outcome(disk) != FAULT_NONE) return SQLITE_IOERR_DELETE;
    forget_path(disk, name);
    return disk->real->xDelete(disk->real, name, sync_folder);
}

static sqlite3_vfs *real_of(sqlite3_vfs *vfs) { return ((fault_disk *)vfs->pAppData)->real; }

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    return real_of(vfs)->xAccess(real_of(vfs), name, flags, result);
}

static int disk_full_path(sqlite3_vfs *vfs, const char *name, int count, char *out) {
    return real_of(vfs)->xFullPathname(real_of(vfs), name, count, out);
}

static int disk_random(sqlite3_vfs *vfs, int count, char *out) {
    return real_of(vfs)->xRandomness(real_of(vfs), count, out);
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
    return real_of(vfs)->xSleep(real_of(vfs), microseconds);
}

static int disk_time(sqlite3_vfs *vfs, double *out) {
    return real_of(vfs)->xCurrentTime(real_of(vfs), out);
}

static int disk_error(sqlite3_vfs *vfs, int count, char *out) {
    return real_of(vfs)->xGetLastError(real_of(vfs), count, out);
}

fault_disk *fault_disk_make(void) {
    fault_disk *disk = calloc(1, sizeof *disk);
    sqlite3_initialize();
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (!disk || !real) {
        free(disk);
        return NULL;
    }
    snprintf(disk->name, sizeof disk->name, "fault-%p", (void *)disk);
    disk->real = real;
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct fault_file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_full_path,
        .xRandomness = disk_random,
        .xSleep = disk_sleep,
        .xCurrentTime = disk_time,
        .xGetLastError = disk_error,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    return disk;
}

void fault_disk_free(fault_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    fault_disk_settle(disk);
    free(disk);
}

const char *fault_disk_name(const fault_disk *disk) { return disk->name; }

void fault_disk_plan(fault_disk *disk, int kind, int64_t writes) {
    disk->kind = kind;
    disk->countdown = writes;
    disk->met = 0;
}

int fault_disk_step(fault_disk *disk) { return outcome(disk); }

int fault_disk_was_met(const fault_disk *disk) { return disk->met; }

int64_t fault_disk_writes(const fault_disk *disk) { return disk->writes; }

void fault_disk_settle(fault_disk *disk) {
    while (disk->newest) {
        struct change *change = disk->newest;
        disk->newest = change->next;
        forget(change);
    }
}

int fault_disk_holds(const void *bytes, int64_t count, const char *text) {
    return memmem(bytes, (size_t)count, text, strlen(text)) != NULL;
}

// MARK: - Loss of power

static uint64_t draw(uint64_t *state) {
    uint64_t word = *state += 0x9E3779B97F4A7C15u;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

// A file that is gone meanwhile has nothing to lose.
static void put(const char *path, sqlite3_int64 offset, const void *bytes, sqlite3_int64 count) {
    int number = open(path, O_WRONLY | O_CLOEXEC);
    if (number < 0) return;
    if (count > 0 && pwrite(number, bytes, (size_t)count, offset) != count) abort();
    close(number);
}

static void cut(const char *path, sqlite3_int64 size) {
    if (truncate(path, size) != 0) return;
}

static void undo(const struct change *change) {
    put(change->path, change->offset, change->bytes, change->old_length);
    cut(change->path, change->size_before);
}

static void redo(const struct change *change, int length) {
    if (change->length < 0) {
        cut(change->path, change->offset);
    } else {
        put(change->path, change->offset, change->bytes + change->old_length, length);
    }
}

static struct change *reversed(struct change *list) {
    struct change *result = NULL;
    while (list) {
        struct change *next = list->next;
        list->next = result;
        result = list;
        list = next;
    }
    return result;
}

int64_t fault_disk_lose_power(fault_disk *disk, uint64_t seed) {
    int64_t lost = 0;
    // How much of the unsynced writes reaches the disk: none, some or nearly all of them.
    uint64_t kept = draw(&seed) % 11;
    for (struct change *change = disk->newest; change; change = change->next) undo(change);
    disk->newest = reversed(disk->newest);
    for (struct change *change = disk->newest; change; change = change->next) {
        uint64_t word = draw(&seed);
        int isKept = word % 10 < kept;
        if (!isKept) {
            lost++;
        } else if (change->length > 512 && word >> 32 & 1) {
            // Torn: whole sectors from the front, as SQLite expects of a disk.
            redo(change, (int)((word >> 40) % (uint64_t)(change->length / 512)) * 512);
            lost++;
        } else {
            redo(change, change->length);
        }
    }
    fault_disk_settle(disk);
    return lost;
}
