// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "disk.h"

#include <stdlib.h>
#include <string.h>

fault_file *file_make(void) {
    fault_file *file = calloc(1, sizeof *file);
    if (file) file->users = 1;
    return file;
}

fault_file *file_at(fault_disk *disk, const char *path, int create) {
    for (fault_file *file = disk->files; file; file = file->next) {
        if (strcmp(file->path, path) == 0) return file;
    }
    if (!create) return NULL;
    fault_file *file = calloc(1, sizeof *file);
    if (!file || !(file->path = strdup(path))) {
        free(file);
        return NULL;
    }
    file->next = disk->files;
    disk->files = file;
    return file;
}

static void drop_if_unused(fault_file *file) {
    if (file->path || file->users > 0) return;
    for (int index = 0; index < SHM_REGIONS_MAX; index++) free(file->regions[index]);
    free(file->bytes);
    free(file);
}

void file_release(fault_file *file) {
    file->users--;
    drop_if_unused(file);
}

static int make_room(fault_file *file, int64_t size) {
    if (size <= file->room) return 1;
    if (file->is_mapped) return 0;
    // A file that grows by and by has room to spare; one that is made whole has none.
    int64_t room = file->size > 0 ? size + size / 2 : size;
    unsigned char *bytes = calloc(1, (size_t)room);
    if (!bytes) return 0;
    if (file->size > 0) memcpy(bytes, file->bytes, (size_t)file->size);
    free(file->bytes);
    file->bytes = bytes;
    file->room = room;
    return 1;
}

int file_resize(fault_file *file, int64_t size) {
    if (!make_room(file, size)) return 0;
    // What lies behind the end is zero whenever the file grows again.
    if (size < file->size) memset(file->bytes + size, 0, (size_t)(file->size - size));
    file->size = size;
    return 1;
}

int file_put(fault_file *file, int64_t offset, const void *bytes, int64_t count) {
    int64_t end = offset + count;
    if (end > file->size && !file_resize(file, end)) return 0;
    if (count > 0) memcpy(file->bytes + offset, bytes, (size_t)count);
    return 1;
}

// MARK: - What is seen from outside SQLite

static void unlink_file(fault_disk *disk, fault_file *file) {
    for (fault_file **link = &disk->files; *link; link = &(*link)->next) {
        if (*link != file) continue;
        *link = file->next;
        break;
    }
    changes_forget(disk, file);
    free(file->path);
    file->path = NULL;
    drop_if_unused(file);
}

const char *fault_disk_path(const fault_disk *disk, int64_t index) {
    fault_file *file = disk->files;
    while (file && index-- > 0) file = file->next;
    return file ? file->path : NULL;
}

fault_file *fault_file_open(fault_disk *disk, const char *path, int create) {
    fault_file *file = file_at(disk, path, create);
    if (file) file->users++;
    return file;
}

void fault_file_close(fault_file *file) { file_release(file); }

int64_t fault_file_size(const fault_file *file) { return file->size; }

unsigned char *fault_file_bytes(const fault_file *file) { return file->bytes; }

int fault_file_lock(fault_file *file) {
    if (file->is_locked) return 0;
    file->is_locked = 1;
    return 1;
}

void fault_file_unlock(fault_file *file) { file->is_locked = 0; }

int fault_file_map(fault_file *file, int64_t count) {
    if (file->size < count && !file_resize(file, count)) return 0;
    file->is_mapped = 1;
    return 1;
}

int fault_disk_replace(fault_disk *disk, const char *path, const void *bytes, int64_t count) {
    fault_disk_remove(disk, path);
    fault_file *file = file_at(disk, path, 1);
    return file && file_put(file, 0, bytes, count);
}

int fault_disk_remove(fault_disk *disk, const char *path) {
    fault_file *file = file_at(disk, path, 0);
    if (file) unlink_file(disk, file);
    return file != NULL;
}

int fault_disk_rename(fault_disk *disk, const char *from, const char *to) {
    fault_file *file = file_at(disk, from, 0);
    char *path = strdup(to);
    if (!file || !path) {
        free(path);
        return 0;
    }
    if (strcmp(from, to) != 0) fault_disk_remove(disk, to);
    free(file->path);
    file->path = path;
    return 1;
}

int fault_disk_holds(const void *bytes, int64_t count, const char *text) {
    return memmem(bytes, (size_t)count, text, strlen(text)) != NULL;
}

// MARK: - Memory of unsynced writes

static void forget(struct change *change) {
    free(change->bytes);
    free(change);
}

void changes_forget(fault_disk *disk, const fault_file *file) {
    for (struct change **link = &disk->newest; *link;) {
        struct change *change = *link;
        if (change->file == file) {
            *link = change->next;
            forget(change);
        } else {
            link = &change->next;
        }
    }
}

int changes_add(fault_disk *disk, fault_file *file, int64_t offset, const void *bytes, int length) {
    // A file without a path is gone with its program, synced or not.
    if (!file->path) return 1;
    int64_t there = file->size > offset ? file->size - offset : 0;
    int64_t old = length < 0 || there < length ? there : length;
    struct change *change = calloc(1, sizeof *change);
    if (!change) return 0;
    change->bytes = malloc((size_t)old + (length > 0 ? (size_t)length : 0) + 1);
    if (!change->bytes) {
        free(change);
        return 0;
    }
    change->file = file;
    change->offset = offset;
    change->size_before = file->size;
    change->length = length;
    change->old_length = (int)old;
    if (old > 0) memcpy(change->bytes, file->bytes + offset, (size_t)old);
    if (length > 0) memcpy(change->bytes + old, bytes, (size_t)length);
    change->next = disk->newest;
    disk->newest = change;
    return 1;
}

// MARK: - Loss of power

static uint64_t draw(uint64_t *state) {
    uint64_t word = *state += 0x9E3779B97F4A7C15u;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

static void put(fault_file *file, int64_t offset, const void *bytes, int64_t count) {
    if (!file_put(file, offset, bytes, count)) abort();
}

static void undo(const struct change *change) {
    if (change->old_length > 0)
        put(change->file, change->offset, change->bytes, change->old_length);
    if (!file_resize(change->file, change->size_before)) abort();
}

static void redo(const struct change *change, int length) {
    if (change->length >= 0) {
        if (length > 0)
            put(change->file, change->offset, change->bytes + change->old_length, length);
    } else if (!file_resize(change->file, change->offset)) {
        abort();
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

static void settle(fault_disk *disk) {
    while (disk->newest) {
        struct change *change = disk->newest;
        disk->newest = change->next;
        forget(change);
    }
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
    settle(disk);
    return lost;
}

void disk_empty(fault_disk *disk) {
    settle(disk);
    while (disk->files) unlink_file(disk, disk->files);
}
