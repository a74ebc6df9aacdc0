#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Processes are managed from birth to end, whatever happens meanwhile.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest life 2x2 "${NP_LONG:+10}150" movablecore=512M
finish
