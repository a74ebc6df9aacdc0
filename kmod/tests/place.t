#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Memory of managed processes follows its users, within all limits.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest place kmod/tests/place.topo 120
finish
