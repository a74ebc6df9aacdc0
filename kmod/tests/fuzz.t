#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Random calls on the device do no harm. NP_LONG=1: a million of them;
# NP_SEED=N: the ones of a run before.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest fuzz 2x2 "${NP_LONG:+10}180"
finish
