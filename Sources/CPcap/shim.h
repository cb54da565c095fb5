/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CPcap_SHIM_H
#define CPcap_SHIM_H

#include <pcap/pcap.h>

/* Whether the handle's stream has been read to its end. */
static inline int cpcap_at_end(pcap_t *handle) {
    FILE *file = pcap_file(handle);
    return file != NULL && feof(file) != 0;
}

#endif
