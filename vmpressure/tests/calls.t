#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# vmpressure_fd(), call by call.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
. vmpressure/tests/vmpressure.sh
want_vmpressure

guest calls vmpressure/tests/small.topo 180
finish
