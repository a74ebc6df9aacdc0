#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# No level is lost, by the kernel's own trace.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. vmpressure/tests/vmpressure.sh
want_vmpressure

guest crossings vmpressure/tests/one_cpu.topo $((NP_LONG ? 900 : 120))
finish
