#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The debug kernel finds mistakes, and finds none where there are none.

cd "$(dirname "$0")/../.." || exit 1
. lab/tests/lab.sh
debug=$build/kernels/debug-6.12
[ -f "$debug/vmlinuz" ] ||
	skip_all "no debug kernel; lab/kernels/build-debug builds one"
want_guest
kernel=$debug

cp -r lab/tests/culprit "$tmp/module"
check "a module builds for it" \
	make -s -C "$kernel/headers" M="$tmp/module" modules

scenario guilty --module "$tmp/module/culprit.ko" <<'GUEST'
insmod /modules/culprit.ko
echo "loaded: $?"
uname -r
GUEST
guest guilty 2x1
like "$(cat "$tmp/guilty/results")" '^loaded: 0' "a module of mistakes loads"
like "$(cat "$tmp/guilty/results")" "^$(cat "$kernel/release")\$" \
	"into the release that was built"
verdict=$(lab/verdict "$tmp/guilty")
is $? 3 "its verdict is dirty:"
like "$verdict" 'KASAN: slab-out-of-bounds' "an access out of bounds"
like "$verdict" 'sleeping function called' "sleep with a lock held"
like "$verdict" 'possible circular locking' "locks in both orders"
like "$verdict" 'unreferenced object .*size 1024' "memory that nobody points to"
like "$verdict" 'culprit_init' "and where that came from"

scenario innocent <<'GUEST'
for i in 1 2 3 4 5; do (true) & done
wait
exit 0
GUEST
guest innocent 2x1
is "$(lab/verdict "$tmp/innocent")" clean "a scenario without mistakes is clean"
tap_end
