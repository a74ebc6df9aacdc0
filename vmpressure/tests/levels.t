#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who fills memory is told of it in time.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. vmpressure/tests/vmpressure.sh
want_vmpressure

guest levels vmpressure/tests/small.topo 120
finish
