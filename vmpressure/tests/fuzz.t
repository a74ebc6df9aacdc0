#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Random calls do no harm, a cache that heeds lives, tunables. NP_LONG=1: a million
# calls.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. vmpressure/tests/vmpressure.sh
want_vmpressure

guest fuzz vmpressure/tests/small.topo "${NP_LONG:+10}180"
finish
