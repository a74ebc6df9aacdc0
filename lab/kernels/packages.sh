# SPDX-License-Identifier: GPL-2.0
# Shared by fetch and build-debug: how packages arrive without root, and how a
# kernel gets to its place. Sourced after lab/common.sh.

kernels=$build/kernels

# lock NAME: two callers must not prepare the same kernel at once; the second one
# waits and then finds the work done.
lock()
{
	mkdir -p "$kernels" || die "cannot create $kernels"
	exec 9>"$kernels/.lock-$1"
	flock -n 9 || { say "waiting for another $prog"; flock 9; }
}

# A temporary directory next to its final place, so that the last step is a
# rename, and removed however the script ends.
temporary_dir()
{
	tmp=$(mktemp -d "$kernels/.new.XXXXXX") || die "cannot write to $kernels"
	chmod 755 "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# known PACKAGE: does apt know it?
known()
{
	apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

version_of()
{
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Version: //p' | head -n 1
}

# depends_on PACKAGE PATTERN: the first dependency that matches.
depends_on()
{
	apt-cache depends "$1" 2>/dev/null |
		sed -n 's/^ *Depends: //p' | grep -E -- "$2" | head -n 1
}

# download PACKAGE..: the .deb files, checked by apt, into $tmp/deb.
download()
{
	mkdir -p "$tmp/deb"
	for pkg; do
		say "downloading $pkg"
		(cd "$tmp/deb" && apt-get -q download "$pkg") \
			>"$tmp/apt.log" 2>&1 && continue
		sed 's/^/  /' "$tmp/apt.log" >&2
		die "apt could not download $pkg: check the network, or run apt-get update as root"
	done
}

# unpack: everything downloaded so far, into $tmp/root.
unpack()
{
	for deb in "$tmp"/deb/*.deb; do
		dpkg -x "$deb" "$tmp/root" || die "cannot unpack $deb"
		rm -f "$deb"
	done
}

# publish DIR: puts the finished $tmp in place of DIR.
publish()
{
	rm -rf "$tmp/deb" "$tmp/root" "$tmp/apt.log"
	if [ -e "$1" ]; then
		mv "$1" "$tmp.old" || die "cannot move $1 away"
	fi
	mv "$tmp" "$1" || die "cannot create $1"
	rm -rf "$tmp.old"
}
