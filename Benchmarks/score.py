#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores `arpguard replay` on a folder of labelled captures.

usage: Benchmarks/score.py FOLDER [--gateway] [PROGRAM]
  FOLDER     captures beside a labels.json: {name: {attack, in_scope, first_attack_packet, ...}}
  --gateway  tell the program each network's gateway
  PROGRAM    dist/arpguard, if nothing else is named

An attack is found by an alert of severity 1 at or after its first frame; any earlier one, and any
in an honest capture, is false. Whom one of severity 1 accuses in an attack should be an attacker by
the labels: captures in which it is another station are listed.
"""
import json
import os
import subprocess
import sys


def replay(program, path, gateway):
    command = [program, "replay", "--format", "json"]
    if gateway:
        command += ["--gateway", gateway]
    run = subprocess.run(command + [path], capture_output=True, text=True, timeout=120)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [
        (line["pcap_cnt"], line["arpguard"].get("accused")) for line in lines
        if line["event_type"] == "alert" and line["alert"]["severity"] == 1
    ]


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not words:
        sys.exit(__doc__)
    folder, program = words[0], words[1] if len(words) > 1 else "dist/arpguard"
    labels = json.load(open(os.path.join(folder, "labels.json"), encoding="utf-8"))
    frames, alerts, missed, false, wronged = [], [], [], [], []
    honest = 0
    for name, label in sorted(labels.items()):
        if not label["in_scope"]:
            continue
        gateway = label.get("gateway_ip") if "--gateway" in sys.argv else None
        high = replay(program, os.path.join(folder, name), gateway)
        first = label["first_attack_packet"] or 1
        if not label["attack"]:
            honest += 1
            false += [name] if high else []
            continue
        if any(frame < first for frame, _ in high):
            false.append(name)
        if any(accused and accused not in label["attacker_macs"] for _, accused in high):
            wronged.append(name)
        hits = [frame for frame, _ in high if frame >= first]
        if hits:
            frames.append(hits[0] - first)
            alerts.append(len(high))
        else:
            missed.append(name)
    median = lambda numbers: sorted(numbers)[len(numbers) // 2] if numbers else None
    print(f"attacks found {len(frames)}, missed {len(missed)} {missed}")
    print(f"honest captures {honest}, false alarms {len(false)} {false}")
    print(f"recall {len(frames) / max(1, len(frames) + len(missed)):.2f}, "
          f"precision {len(frames) / max(1, len(frames) + len(false)):.2f}")
    print(f"attacks in which another station is accused {len(wronged)} {wronged}")
    print(f"frames from the first forged one to the alert: median {median(frames)}")
    print(f"alerts of severity 1 in an attack: median {median(alerts)}, most {max(alerts, default=0)}")


main()
