/* SPDX-License-Identifier: GPL-2.0 */
/* Text in a page of HTML. */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include <stdio.h>

/* html_text() - @s as a reader sees it, whatever is in it. */
void html_text(FILE *f, const char *s);

#endif
