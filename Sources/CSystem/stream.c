/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stream {
    int descriptor;
    bool (*may_read)(void *watch, int descriptor);
    void *watch;
    size_t head_count, head_used;
    uint8_t head[];
};

static ssize_t stream_read(void *cookie, char *bytes, size_t count) {
    struct stream *stream = cookie;
    size_t left = stream->head_count - stream->head_used;
    if (left > 0) {
        size_t taken = count < left ? count : left;
        memcpy(bytes, stream->head + stream->head_used, taken);
        stream->head_used += taken;
        return (ssize_t)taken;
    }
    if (stream->may_read && !stream->may_read(stream->watch, stream->descriptor)) return 0;
    ssize_t got;
    do {
        got = read(stream->descriptor, bytes, count);
    } while (got < 0 && errno == EINTR);
    return got;
}

static int stream_close(void *cookie) {
    struct stream *stream = cookie;
    int status = close(stream->descriptor);
    free(stream);
    return status;
}

FILE *csystem_stream(int descriptor, const uint8_t *head, size_t count,
                     bool (*may_read)(void *watch, int descriptor), void *watch) {
    struct stream *stream = malloc(sizeof *stream + count);
    if (!stream) return NULL;
    stream->descriptor = descriptor;
    stream->may_read = may_read;
    stream->watch = watch;
    stream->head_count = count;
    stream->head_used = 0;
    memcpy(stream->head, head, count);
    cookie_io_functions_t functions = {.read = stream_read, .close = stream_close};
    FILE *file = fopencookie(stream, "rb", functions);
    if (!file) free(stream);
    return file;
}
