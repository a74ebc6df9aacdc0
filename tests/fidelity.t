#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What is published of the simulator beside a real kernel is what the simulator says
# today, against what the lab once measured.

cd "$(dirname "$0")/.." || exit 1
echo 1..1
if out=$(bench/fidelity --check 2>&1); then
	echo "ok 1 - docs/fidelity.md is what the simulator says"
else
	echo "not ok 1 - docs/fidelity.md is what the simulator says"
	echo "$out" | sed 's/^/# /'
fi
