# SPDX-License-Identifier: GPL-2.0
# Shared by the commands of the lab. Sourced; the caller has set $prog and $lab.

build=${NP_BUILD:-$(dirname "$lab")/build}

say()
{
	printf '%s: %s\n' "$prog" "$*" >&2
}

die()
{
	say "$@"
	exit 1
}

usage_error()
{
	say "$@"
	printf "Try '%s --help'.\n" "$prog" >&2
	exit 2
}

# need COMMAND PACKAGE: stops unless COMMAND can be run.
need()
{
	command -v "$1" >/dev/null 2>&1 ||
		die "$1 is missing; as root: apt-get install $2"
}
