# SPDX-License-Identifier: GPL-2.0
# Every call of the library, without and with the module.

part "without the module" lazy absent
part "without the module, groups" bound absent
part "without the module, notices" notify absent
check "the module loads" load
is "$(cat $balancing)" 1 "the kernel balances"
part "lazy, beside the kernel's balancing" lazy
part "groups, beside the kernel's balancing" bound
echo 0 >$balancing
part lazy lazy
part groups bound
part notices notify
seconds=${NP_LONG:+300}
part stress stress "${seconds:-10}" "${NP_SEED:-$(date +%s)}"
check "the module unloads" unload
