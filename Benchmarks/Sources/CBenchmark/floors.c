/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CBenchmark.h"
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    HEAD_OFFSET = 64,
    RECORDS_OFFSET = 256,
    RING_BYTES = RECORDS_OFFSET + CBENCHMARK_RECORD_BYTES * CBENCHMARK_RING_RECORDS
};

void cbenchmark_nothing(void) { __asm__ volatile(""); }

int cbenchmark_ring_open(cbenchmark_ring *ring, const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    int failure = posix_fallocate(descriptor, 0, RING_BYTES);
    void *base = MAP_FAILED;
    if (failure == 0) {
        base = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        if (base == MAP_FAILED) failure = errno;
    }
    close(descriptor);
    if (failure != 0) return failure;
    ring->base = base;
    ring->head = 0;
    return 0;
}

void cbenchmark_ring_record(cbenchmark_ring *ring, const uint8_t *record) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    uint64_t index = ring->head % CBENCHMARK_RING_RECORDS;
    uint8_t *place = ring->base + RECORDS_OFFSET + index * CBENCHMARK_RECORD_BYTES;
    uint64_t nanoseconds = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
    memcpy(place, record, CBENCHMARK_RECORD_BYTES);
    memcpy(place + 16, &nanoseconds, sizeof nanoseconds);
    ring->head++;
    __atomic_store_n((uint64_t *)(ring->base + HEAD_OFFSET), ring->head, __ATOMIC_RELEASE);
}

size_t cbenchmark_gzip(const uint8_t *in, size_t count, int level, uint8_t *out, size_t room) {
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
    if (compressor == NULL) return 0;
    size_t written = libdeflate_gzip_compress(compressor, in, count, out, room);
    libdeflate_free_compressor(compressor);
    return written;
}

size_t cbenchmark_gunzip(const uint8_t *in, size_t count, uint8_t *out, size_t room) {
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL) return 0;
    size_t written = 0;
    enum libdeflate_result result =
        libdeflate_gzip_decompress(decompressor, in, count, out, room, &written);
    libdeflate_free_decompressor(decompressor);
    return result == LIBDEFLATE_SUCCESS ? written : 0;
}
