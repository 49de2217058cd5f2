/* Maps: from the bytes of a rendered text back to template and value. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/text/template/render.h"

/* Where a byte comes from. */
struct map_spot {
	struct value template; /* its name, borrowed from the rendering */
	uint32_t line;
	bool secret; /* a secret went into it */
};

/*
 * Have `render` keep a map of what it renders, and follow secrets into all that
 * is computed from them. Before render_template; the map lives as long as
 * `render`.
 */
void render_map(struct render *render);

/*
 * The value at `path` ("db.password", "hosts.0.key", "keys['a.b']") in the dict
 * `values` is a secret; nothing happens when there is none.
 */
int render_map_secret(struct render *render, struct value values,
		      const char *path, struct error **err);

/*
 * Where byte `offset` of the rendered `text` comes from; the path of the value
 * that was printed there, if it has one, is appended to `path`. False: the map
 * knows nothing of it.
 */
bool render_map_at(const struct render *render, const struct buf *text,
		   size_t offset, struct map_spot *spot, struct buf *path);

/*
 * A byte of the text from `from` to `to` that a value with a path was printed
 * at: of the last one that begins at or before `near`, else of the first one;
 * `from` when there is none.
 */
size_t render_map_value(const struct render *render, size_t from, size_t to,
			size_t near);

/* Append `text` with `mark` for what secrets went into; its lines stay. */
int render_map_masked(const struct render *render, const struct buf *text,
		      const char *mark, struct buf *out);
