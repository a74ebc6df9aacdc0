#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command line, on a real kernel.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. vmpressure/tests/vmpressure.sh
want_vmpressure
[ -x "$build/numaplace" ] || make -s "$build/numaplace"
initrd_options="$initrd_options --exec $build/numaplace"

guest command vmpressure/tests/small.topo 120
finish
