#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module loads where it may, its device answers as it should, and nothing is
# left of it.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest device kmod/tests/memoryless.topo 120 mem=1024M
finish
