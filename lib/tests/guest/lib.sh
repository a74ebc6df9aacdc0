# SPDX-License-Identifier: GPL-2.0
# Every call of the library, without and with the module.

part "without the module" lazy absent
check "the module loads" load
is "$(cat $balancing)" 1 "the kernel balances"
part "lazy, beside the kernel's balancing" lazy
echo 0 >$balancing
part lazy lazy
check "the module unloads" unload
