#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What applications ask for through the library, on a real kernel. NP_LONG=1: five
# minutes of random calls.

cd "$(dirname "$0")/../.." || exit 1
. kmod/tests/lab.sh
scenarios=lib/tests/guest
want_guest
make -s -C lib/tests || bail_out "the library's tests could not be built"
programs=$build/lib-tests/bin

guest lib kmod/tests/place.topo $((${NP_LONG:+400} + 180))
finish
