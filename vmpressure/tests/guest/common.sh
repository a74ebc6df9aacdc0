# SPDX-License-Identifier: GPL-2.0
# What the scenarios of vmpressure.ko share.

# swap_on SIZE: swap on a compressed device.
swap_on()
{
	for name in zsmalloc lz4_compress lz4hc_compress lzo_compress lzo lzo-rle zram; do
		[ ! -e "/modules/$name.ko" ] || insmod "/modules/$name.ko" || return
	done
	echo "$1" >/sys/block/zram0/disksize && mkswap /dev/zram0 && swapon /dev/zram0
}
