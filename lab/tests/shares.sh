# SPDX-License-Identifier: GPL-2.0
# What the witness saw, for tests. Sourced.

# field FILE RUN NAME: a number of the run's last line. The shares are of all
# accesses, in parts per million.
field()
{
	awk -v run="$2" -v name="$3" '
	index($0, "\"run\":" run ",") && /"final":true/ {
		split($0, part, "\"" name "\":")
		number = part[2] + 0
		rows = $0
		sub(/.*"access":\[\[/, "", rows)
		sub(/\]\].*/, "", rows)
		n = split(rows, row, /\],\[/)
		for (c = 1; c <= n; c++) {
			m = split(row[c], cell, ",")
			for (p = 1; p <= m; p++) {
				sum += cell[p]
				if (c == p)
					near += cell[p]
			}
		}
	}
	END {
		if (name == "local")
			number = sum ? near * 1000000 / sum : -1
		printf "%.0f\n", number
	}' "$1"
}

above()
{
	[ "$1" -gt "$2" ] 2>/dev/null && { ok "$3"; return; }
	not_ok "$3"
	diag "got '$1', wanted more than $2"
}
