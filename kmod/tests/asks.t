#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What policies ask for tasks, nodes and workers is done, within all limits.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
want_guest

guest asks kmod/tests/place.topo 180
finish
