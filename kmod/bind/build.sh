# SPDX-License-Identifier: GPL-2.0
# How our modules are built: out of a staged copy, for any kernel's headers. Sourced.

# stage FROM TO [RSYNC-ARGUMENT..]: copy only what differs, so that make rebuilds
# only what must be rebuilt.
stage()
{
	mkdir -p "$2"
	from=$1/
	to=$2/
	shift 2
	rsync -a --delete-after --checksum --exclude='*.o' --exclude='*.ko' \
		--exclude='*.mod*' --exclude='.*' --exclude='modules.order' \
		--exclude='Module.symvers' --exclude=tests "$@" "$from" "$to"
}

# build_usage ROOM NAME PARTS
build_usage()
{
	cat <<USAGE
Usage: $1/build HEADERS OUT [VERSION]

Builds OUT/$2.ko against the kernel headers in HEADERS, from a copy of
$3 in OUT.
USAGE
}

# build_module HEADERS OUT VERSION: the kernel's build speaks only when something
# is wrong. With jobs of its own, for a make around it has none to share.
build_module()
{
	MAKEFLAGS= make -s -j"$(nproc)" -C "$1" M="$2" NP_VERSION="$3" modules
}
