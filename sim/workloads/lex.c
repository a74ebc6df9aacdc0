// SPDX-License-Identifier: GPL-2.0
#include "lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Not those of ctype.h: a locale must not change what a text means. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

int work_fail(const struct work_at *at, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	make_printable(text);
	if (!at->line)
		return sim_fail(at->e, "%s: %s", at->name, text);
	return sim_fail(at->e, "%s:%u: %s", at->name, at->line, text);
}

int work_no_memory(struct sim_error *e)
{
	return sim_fail(e, "out of memory");
}

bool work_word_is(struct work_word w, const char *text)
{
	return strlen(text) == (size_t)w.len && !memcmp(w.text, text, w.len);
}

static bool more(struct work_lex *l)
{
	while (l->p < l->end && (*l->p == ' ' || *l->p == '\t'))
		l->p++;
	return l->p < l->end;
}

bool work_lex_ended(struct work_lex *l)
{
	return !more(l) || *l->p == '#';
}

static bool take(struct work_lex *l, struct work_word *ret, char also)
{
	const char *p;

	if (!more(l) || !is_letter(*l->p))
		return false;
	for (p = l->p; p < l->end; p++)
		if (!is_letter(*p) && !is_digit(*p) && *p != also)
			break;
	*ret = (struct work_word){ (int)(p - l->p), l->p };
	l->p = p;
	return true;
}

bool work_lex_name(struct work_lex *l, struct work_word *ret)
{
	return take(l, ret, '_');
}

bool work_lex_mode(struct work_lex *l, struct work_word *ret)
{
	return take(l, ret, '-');
}

bool work_lex_sign(struct work_lex *l, const char *sign)
{
	size_t len = strlen(sign);

	if (!more(l) || (size_t)(l->end - l->p) < len ||
	    memcmp(l->p, sign, len))
		return false;
	l->p += len;
	return true;
}

bool work_lex_at_digit(struct work_lex *l)
{
	return more(l) && is_digit(*l->p);
}

static int digits(struct work_lex *l, int64_t *ret)
{
	int64_t n = 0;

	for (; l->p < l->end && is_digit(*l->p); l->p++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *l->p - '0', &n))
			return work_fail(&l->at, "the number does not fit in "
					 "64 bits");
	*ret = n;
	return 0;
}

static const struct {
	const char *name;
	int64_t factor;
} suffixes[] = {
	{ "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 },
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
};

static int suffix_factor(struct work_lex *l, int64_t *ret)
{
	struct work_word w;

	*ret = 1;
	if (l->p == l->end || !is_letter(*l->p))
		return 0;
	work_lex_name(l, &w);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (work_word_is(w, suffixes[i].name)) {
			*ret = suffixes[i].factor;
			return 0;
		}
	return work_fail(&l->at, "'%.*s' is no suffix; there are K, M, G, ns, "
			 "us, ms and s", w.len, w.text);
}

int work_lex_number(struct work_lex *l, int64_t *ret)
{
	int64_t n = 0, factor;

	if (digits(l, &n) || suffix_factor(l, &factor))
		return -1;
	if (__builtin_mul_overflow(n, factor, ret))
		return work_fail(&l->at, "the number does not fit in 64 bits");
	return 0;
}

/* Millionths; more decimals would be lost without a word. */
static int decimals(struct work_lex *l, int64_t *ret)
{
	int64_t unit = 100000;

	for (*ret = 0; l->p < l->end && is_digit(*l->p); l->p++, unit /= 10) {
		if (!unit)
			return work_fail(&l->at, "more than six decimals");
		*ret += (*l->p - '0') * unit;
	}
	return 0;
}

int work_lex_decimal(struct work_lex *l, unsigned int most, double *ret)
{
	int64_t whole = 0, millionths = 0;

	if (!work_lex_at_digit(l))
		return work_fail(&l->at, "a number belongs here, not '%.*s'",
				 work_lex_here(l).len, work_lex_here(l).text);
	if (digits(l, &whole))
		return -1;
	if (l->p < l->end && *l->p == '.' &&
	    (l->p++, decimals(l, &millionths)))
		return -1;
	if (whole > most || (whole == most && millionths))
		return work_fail(&l->at, "the number is more than %u", most);
	*ret = (double)(whole * 1000000 + millionths) / 1e6;
	return 0;
}

int work_lex_string(struct work_lex *l, struct work_word *ret)
{
	const char *quote;

	if (!work_lex_sign(l, "\""))
		return work_fail(&l->at, "a text in double quotes belongs "
				 "here");
	quote = memchr(l->p, '"', l->end - l->p);
	if (!quote)
		return work_fail(&l->at, "the text has no second quote");
	*ret = (struct work_word){ (int)(quote - l->p), l->p };
	l->p = quote + 1;
	return 0;
}

struct work_word work_lex_here(struct work_lex *l)
{
	const char *p;

	if (!more(l))
		return (struct work_word){ 11, "end of line" };
	for (p = l->p; p < l->end && p - l->p < 30; p++)
		if (*p == ' ' || *p == '\t')
			break;
	return (struct work_word){ (int)(p - l->p), l->p };
}
