# SPDX-License-Identifier: GPL-2.0
# What is placed, what is left alone, and what is said about it.

check "the module loads" load
part place place
part observe observe
part feed feed
check "the module unloads" unload
