/* SPDX-License-Identifier: GPL-2.0 */
/* The columns of tables for people. */
#ifndef CLI_SWEEP_CELLS_H
#define CLI_SWEEP_CELLS_H

#include "sweep_tables.h"

#define CELL_LEN	128

/**
 * struct sweep_column - one figure
 * @brief:	it is worth a place in a terminal, too
 * @text:	what the head means
 */
struct sweep_column {
	int figure;
	const char *head;
	bool brief;
	const char *text;
};

extern const struct sweep_column sweep_columns[];
extern const size_t nr_sweep_columns;

/* sweep_cell() - "95.3 % (94.1 .. 96.0)", into @buf of CELL_LEN. */
const char *sweep_cell(char *buf, const struct sweep_column *c,
		       const struct sweep_row *row);

#endif
