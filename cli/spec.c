// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and workloads as they are written on the command line.
 */
#include "spec.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include <numaplace/uapi.h>

#define WORD	"abcdefghijklmnopqrstuvwxyz0123456789_-"
#define VALUE	WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZ.%"

bool words_have(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->nr; i++)
		if (!strcmp(w->item[i], word))
			return true;
	return false;
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->nr; i++)
		free(w->item[i]);
	free(w->item);
	*w = (struct words){ 0 };
}

int words_add(struct words *w, const char *word)
{
	char **more = realloc(w->item, (w->nr + 2) * sizeof(*more));

	if (!more)
		return fail("out of memory");
	w->item = more;
	w->item[w->nr] = strdup(word);
	if (!w->item[w->nr])
		return fail("out of memory");
	w->item[++w->nr] = NULL;
	return 0;
}

static int append_once(struct words *w, const char *word, const char *what)
{
	if (!*word)
		return fail("empty %s in the list", what);
	if (words_have(w, word))
		return fail("%s '%s' is listed twice", what, word);
	return words_add(w, word);
}

/* Is the word at @text "key=value" rather than "name" or "name:..."? */
static bool goes_on(const char *text)
{
	return text[strcspn(text, "=:,")] == '=';
}

/* The length of the first spec in @text. */
static size_t spec_length(const char *text)
{
	size_t len = strcspn(text, ",");

	while (text[len] && goes_on(text + len + 1))
		len += 1 + strcspn(text + len + 1, ",");
	return len;
}

static int append_spec(struct words *w, const char *text, size_t len,
		       const char *what, int (*check)(const char *spec))
{
	char *spec = strndup(text, len);
	int ret = spec ? 0 : fail("out of memory");

	if (!ret && *spec && check)
		ret = check(spec);
	if (!ret)
		ret = append_once(w, spec, what);
	free(spec);
	return ret;
}

static int split(struct words *w, const char *text, const char *what,
		 int (*check)(const char *spec))
{
	int ret = 0;

	*w = (struct words){ 0 };
	for (; !ret && text; text = *text ? text + 1 : NULL) {
		size_t len = spec_length(text);

		ret = append_spec(w, text, len, what, check);
		text += len;
	}
	if (ret)
		words_free(w);
	return ret;
}

int specs_split(struct words *w, const char *text, const char *what)
{
	return split(w, text, what, spec_check);
}

int words_split(struct words *w, const char *text, const char *what)
{
	return split(w, text, what, NULL);
}

static int check_name(const char *spec, size_t len)
{
	if (!len || strspn(spec, WORD) < len)
		return fail("'%s' is not NAME[:KEY=VALUE,..] with a NAME of "
			    "a-z, 0-9, '_' and '-'", spec);
	if (len >= NP_UAPI_NAME)
		return fail("'%s': names have at most %d characters", spec,
			    NP_UAPI_NAME - 1);
	return 0;
}

/* One "key=value" at @text; *ret_len is its length. */
static int check_param(const char *spec, const char *text, size_t *ret_len)
{
	size_t key = strspn(text, WORD), value;

	if (!key || text[key] != '=')
		return fail("'%s': '%s' is not key=value", spec, text);
	value = strspn(text + key + 1, VALUE);
	*ret_len = key + 1 + value;
	if (!value || (text[*ret_len] && text[*ret_len] != ','))
		return fail("'%s': '%s' has no value that can be read", spec,
			    text);
	return 0;
}

static int check_params(const char *spec, const char *text)
{
	size_t len = 0;

	do {
		if (check_param(spec, text, &len))
			return -1;
		text += len;
	} while (*text++);
	return 0;
}

int spec_check(const char *spec)
{
	size_t name = strcspn(spec, ":");

	if (strlen(spec) >= NP_UAPI_SPEC)
		return fail("a name with its parameters has at most %d "
			    "characters", NP_UAPI_SPEC - 1);
	if (check_name(spec, name))
		return -1;
	return spec[name] ? check_params(spec, spec + name + 1) : 0;
}
