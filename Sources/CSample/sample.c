/* SPDX-License-Identifier: Apache-2.0 */
#include "CSample.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char bytes[] = {
#embed "../../captures/lab-atk-mitm-ettercap.pcap"
};

const unsigned char *csample_bytes(void) { return bytes; }

size_t csample_count(void) { return sizeof bytes; }
