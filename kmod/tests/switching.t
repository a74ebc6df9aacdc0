#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every 100 ms another policy, while work comes and goes. NP_LONG=1: 10 minutes.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest switching kmod/tests/place.topo $((${NP_LONG:+600} + 120))
finish
