// SPDX-License-Identifier: GPL-2.0
/*
 * A small reader of the running kernel's BTF: function name -> C-like text of
 * its type.  The format is stable (Documentation/bpf/btf.rst), the in-kernel
 * readers of it are not open to modules.
 */
#include <linux/btf.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "bind.h"

struct np_btf {
	const struct btf_header *hdr;
	const char *strings;
	const struct btf_type **type;	/* by id; [0] is void */
	u32 nr_types;
};

/* Bytes behind struct btf_type, or -1 for a kind that we do not know. */
static int tail_bytes(const struct btf_type *t)
{
	u32 vlen = btf_type_vlen(t);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return vlen * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	}
	return -1;
}

static const struct btf_type *next_type(const struct btf_type *t)
{
	int tail = tail_bytes(t);

	return tail < 0 ? NULL : (void *)(t + 1) + tail;
}

/* Walk all types; with @btf->type set, remember where each one is. */
static int walk(struct np_btf *btf)
{
	const void *types = (void *)btf->hdr + btf->hdr->hdr_len +
			    btf->hdr->type_off;
	const void *end = types + btf->hdr->type_len;
	const struct btf_type *t = types;
	u32 id = 1;

	for (; t && (void *)t < end; t = next_type(t), id++)
		if (btf->type)
			btf->type[id] = t;
	btf->nr_types = id;
	return t ? 0 : -EOPNOTSUPP;
}

static int index_types(struct np_btf *btf)
{
	int err = walk(btf);

	if (err)
		return err;
	btf->type = kvcalloc(btf->nr_types, sizeof(*btf->type), GFP_KERNEL);
	if (!btf->type)
		return -ENOMEM;
	return walk(btf);
}

static bool good_header(const struct btf_header *hdr, unsigned long size)
{
	return size > sizeof(*hdr) && hdr->magic == BTF_MAGIC &&
	       hdr->version == BTF_VERSION &&
	       (u64)hdr->hdr_len + hdr->type_off + hdr->type_len <= size &&
	       (u64)hdr->hdr_len + hdr->str_off + hdr->str_len <= size;
}

static int find_btf(struct np_btf *btf)
{
	unsigned long start = np_symbol("__start_BTF");
	unsigned long stop = np_symbol("__stop_BTF");

	btf->hdr = (void *)start;
	if (!start || stop <= start || !good_header(btf->hdr, stop - start))
		return -EOPNOTSUPP;
	btf->strings = (void *)btf->hdr + btf->hdr->hdr_len +
		       btf->hdr->str_off;
	return index_types(btf);
}

struct np_btf *np_btf_open(void)
{
	struct np_btf *btf = kzalloc(sizeof(*btf), GFP_KERNEL);
	int err;

	if (!btf)
		return ERR_PTR(-ENOMEM);
	err = find_btf(btf);
	if (!err)
		return btf;
	np_btf_close(btf);
	return ERR_PTR(err);
}

void np_btf_close(struct np_btf *btf)
{
	kvfree(btf->type);
	kfree(btf);
}

static const char *name_of(const struct np_btf *btf, const struct btf_type *t)
{
	return t->name_off < btf->hdr->str_len ? btf->strings + t->name_off :
						 "?";
}

static const char *keyword(const struct btf_type *t)
{
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum ";
	case BTF_KIND_FWD:
		return BTF_INFO_KFLAG(t->info) ? "union " : "struct ";
	case BTF_KIND_CONST:
		return "const ";
	case BTF_KIND_VOLATILE:
		return "volatile ";
	}
	return "";
}

/*
 * "const struct x *": qualifiers stand in front of what they qualify, stars
 * behind.  Typedefs are followed to what they name: whether pgoff_t or
 * unsigned long is recorded depends on which of two equal prototypes the
 * kernel's build happened to keep.
 */
static int put_type(const struct np_btf *btf, u32 id, char *buf, size_t size,
		    int depth)
{
	const struct btf_type *t;
	int n;

	if (!id)
		return scnprintf(buf, size, "void");
	if (id >= btf->nr_types || depth > 8)
		return scnprintf(buf, size, "?");
	t = btf->type[id];
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		n = put_type(btf, t->type, buf, size, depth + 1);
		return n + scnprintf(buf + n, size - n, "%s*",
				     n && buf[n - 1] == '*' ? "" : " ");
	case BTF_KIND_TYPEDEF:
		return put_type(btf, t->type, buf, size, depth + 1);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
		n = scnprintf(buf, size, "%s", keyword(t));
		return n + put_type(btf, t->type, buf + n, size - n, depth + 1);
	}
	return scnprintf(buf, size, "%s%s", keyword(t), name_of(btf, t));
}

static int put_params(const struct np_btf *btf, const struct btf_type *proto,
		      char *buf, size_t size)
{
	const struct btf_param *p = (void *)(proto + 1);
	u32 i, nr = btf_type_vlen(proto);
	int n = 0;

	if (!nr)
		return scnprintf(buf, size, "void");
	for (i = 0; i < nr; i++) {
		n += scnprintf(buf + n, size - n, i ? ", " : "");
		n += put_type(btf, p[i].type, buf + n, size - n, 0);
	}
	return n;
}

static const struct btf_type *find_struct(const struct np_btf *btf,
					  const char *name)
{
	u32 id;

	for (id = 1; id < btf->nr_types; id++)
		if (BTF_INFO_KIND(btf->type[id]->info) == BTF_KIND_STRUCT &&
		    !strcmp(name_of(btf, btf->type[id]), name))
			return btf->type[id];
	return NULL;
}

static const struct btf_member *find_member(const struct np_btf *btf,
					    const struct btf_type *t,
					    const char *name)
{
	const struct btf_member *m = (void *)(t + 1);
	u32 i;

	for (i = 0; i < btf_type_vlen(t); i++)
		if (m[i].name_off < btf->hdr->str_len &&
		    !strcmp(btf->strings + m[i].name_off, name))
			return &m[i];
	return NULL;
}

int np_btf_member(struct np_btf *btf, const char *structure, const char *name,
		  unsigned int *ret_offset, char *buf, size_t size)
{
	const struct btf_type *t = find_struct(btf, structure);
	const struct btf_member *m = t ? find_member(btf, t, name) : NULL;
	u32 bits;

	if (!m)
		return -ENOENT;
	bits = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m->offset) :
					 m->offset;
	*ret_offset = bits / BITS_PER_BYTE;
	put_type(btf, m->type, buf, size, 0);
	return 0;
}

static const struct btf_type *find_proto(const struct np_btf *btf,
					 const char *func)
{
	u32 id;

	for (id = 1; id < btf->nr_types; id++) {
		const struct btf_type *t = btf->type[id];

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC &&
		    !strcmp(name_of(btf, t), func) && t->type < btf->nr_types)
			return btf->type[t->type];
	}
	return NULL;
}

static int put_proto(struct np_btf *btf, const struct btf_type *proto,
		     char *buf, size_t size)
{
	int n;

	if (!proto || BTF_INFO_KIND(proto->info) != BTF_KIND_FUNC_PROTO)
		return -ENOENT;
	n = put_type(btf, proto->type, buf, size, 0);
	n += scnprintf(buf + n, size - n, " (");
	n += put_params(btf, proto, buf + n, size - n);
	scnprintf(buf + n, size - n, ")");
	return 0;
}

int np_btf_signature(struct np_btf *btf, const char *func, char *buf,
		     size_t size)
{
	return put_proto(btf, find_proto(btf, func), buf, size);
}

/* What @t, of this kind, is about, or NULL. */
static const struct btf_type *behind(const struct np_btf *btf,
				     const struct btf_type *t, u32 kind)
{
	if (!t || BTF_INFO_KIND(t->info) != kind || t->type >= btf->nr_types)
		return NULL;
	return btf->type[t->type];
}

/* typedef void (*btf_trace_NAME)(void *, ..) */
int np_btf_tracepoint(struct np_btf *btf, const char *name, char *buf,
		      size_t size)
{
	static const char prefix[] = "btf_trace_";
	const struct btf_type *t = NULL;
	const char *have;
	u32 id;

	for (id = 1; id < btf->nr_types && !t; id++) {
		have = name_of(btf, btf->type[id]);
		if (!strncmp(have, prefix, sizeof(prefix) - 1) &&
		    !strcmp(have + sizeof(prefix) - 1, name))
			t = behind(btf, btf->type[id], BTF_KIND_TYPEDEF);
	}
	return put_proto(btf, behind(btf, t, BTF_KIND_PTR), buf, size);
}
