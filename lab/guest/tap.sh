# SPDX-License-Identifier: GPL-2.0
# The Test Anything Protocol for sh, in the guest and on the host alike.
# Sourced. Every check takes its description last, so that it reads:
#
#	plan 2
#	is "$(cat /sys/devices/system/node/online)" 0-1 "two nodes are online"
#	check "the module loads" insmod /modules/x.ko
#
# tap_end returns whether all passed; make it the last command.

tap_count=0
tap_failed=0
tap_planned=

plan()
{
	tap_planned=$1
	echo "1..$1"
}

# skip_all REASON: nothing here can be tested on this machine.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

ok()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

not_ok()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
	return 1
}

# diag TEXT..: every line of it as a comment.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# skip DESCRIPTION REASON
skip()
{
	ok "$1 # SKIP $2"
}

# is GOT WANTED DESCRIPTION
is()
{
	[ "$1" = "$2" ] && { ok "$3"; return; }
	not_ok "$3"
	diag "got '$1'"
	diag "wanted '$2'"
	return 1
}

# like TEXT REGEX DESCRIPTION: some line of TEXT matches the extended regex.
like()
{
	printf '%s\n' "$1" | grep -qE -- "$2" && { ok "$3"; return; }
	not_ok "$3"
	diag "nothing like '$2' in:"
	diag "$1"
	return 1
}

# unlike TEXT REGEX DESCRIPTION
unlike()
{
	printf '%s\n' "$1" | grep -qE -- "$2" || { ok "$3"; return; }
	not_ok "$3"
	diag "'$2' is in:"
	diag "$1"
	return 1
}

# check DESCRIPTION COMMAND..: the command succeeds.
check()
{
	tap_text=$1
	shift
	tap_out=$("$@" 2>&1) && { ok "$tap_text"; return; }
	not_ok "$tap_text"
	diag "failed: $*"
	diag "$tap_out"
	return 1
}

# refuse DESCRIPTION COMMAND..: the command fails.
refuse()
{
	tap_text=$1
	shift
	tap_out=$("$@" 2>&1) || { ok "$tap_text"; return; }
	not_ok "$tap_text"
	diag "succeeded: $*"
	return 1
}

tap_end()
{
	[ -n "$tap_planned" ] || plan "$tap_count"
	[ "$tap_planned" = "$tap_count" ] ||
		diag "planned $tap_planned tests, ran $tap_count"
	[ "$tap_failed" = 0 ] && [ "$tap_planned" = "$tap_count" ]
}
