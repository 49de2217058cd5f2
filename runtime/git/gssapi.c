/*
 * Kerberos: always unavailable. Debian has no static Kerberos, and its static
 * libgit2 and libcurl ask for these symbols to offer "Negotiate" to HTTP
 * proxies and servers. "Unavailable" makes them go on to the other ways to log
 * in. Only the static build asks the linker for this file (-u); with the shared
 * libraries the real ones come along.
 */
#include <stddef.h>
#include <stdint.h>

#define UNAVAILABLE (UINT32_C(16) << 16) /* GSS_S_UNAVAILABLE */
#define WEAK __attribute__((weak))

/* As in <gssapi/gssapi.h>, which comes with the missing library. */
typedef uint32_t OM_uint32;
typedef void *handle;
struct buffer {
	size_t length;
	void *value;
};

extern handle GSS_C_NT_HOSTBASED_SERVICE;
WEAK handle GSS_C_NT_HOSTBASED_SERVICE = NULL;

OM_uint32 gss_delete_sec_context(OM_uint32 *minor, handle *context,
				 struct buffer *token);
OM_uint32 gss_display_name(OM_uint32 *minor, ...);
OM_uint32 gss_display_status(OM_uint32 *minor, OM_uint32 status, int type,
			     handle mech, OM_uint32 *more, struct buffer *text);
OM_uint32 gss_import_name(OM_uint32 *minor, struct buffer *text, handle type,
			  handle *name);
OM_uint32 gss_indicate_mechs(OM_uint32 *minor, handle *mechs);
OM_uint32 gss_init_sec_context(OM_uint32 *minor, ...);
OM_uint32 gss_inquire_context(OM_uint32 *minor, ...);
OM_uint32 gss_release_buffer(OM_uint32 *minor, struct buffer *buffer);
OM_uint32 gss_release_name(OM_uint32 *minor, handle *name);
OM_uint32 gss_release_oid_set(OM_uint32 *minor, handle *set);
OM_uint32 gss_unwrap(OM_uint32 *minor, ...);
OM_uint32 gss_wrap(OM_uint32 *minor, ...);

static OM_uint32 unavailable(OM_uint32 *minor)
{
	if (minor)
		*minor = 0;
	return UNAVAILABLE;
}

WEAK OM_uint32 gss_delete_sec_context(OM_uint32 *minor, handle *context,
				      struct buffer *token)
{
	(void)context;
	(void)token;
	return unavailable(minor);
}

/* NOLINTNEXTLINE(readability-function-size): the standard's own parameters */
WEAK OM_uint32 gss_display_status(OM_uint32 *minor, OM_uint32 status, int type,
				  handle mech, OM_uint32 *more,
				  struct buffer *text)
{
	(void)status;
	(void)type;
	(void)mech;
	*more = 0;
	text->length = 0;
	text->value = NULL;
	return unavailable(minor);
}

WEAK OM_uint32 gss_import_name(OM_uint32 *minor, struct buffer *text,
			       handle type, handle *name)
{
	(void)text;
	(void)type;
	*name = NULL;
	return unavailable(minor);
}

WEAK OM_uint32 gss_indicate_mechs(OM_uint32 *minor, handle *mechs)
{
	*mechs = NULL;
	return unavailable(minor);
}

/* Thirteen parameters; only the first matters to a refusal. */
WEAK OM_uint32 gss_init_sec_context(OM_uint32 *minor, ...)
{
	return unavailable(minor);
}

WEAK OM_uint32 gss_release_buffer(OM_uint32 *minor, struct buffer *buffer)
{
	buffer->length = 0;
	buffer->value = NULL;
	return unavailable(minor);
}

WEAK OM_uint32 gss_release_name(OM_uint32 *minor, handle *name)
{
	*name = NULL;
	return unavailable(minor);
}

WEAK OM_uint32 gss_release_oid_set(OM_uint32 *minor, handle *set)
{
	*set = NULL;
	return unavailable(minor);
}

/* Asked only of a context, and there never is one. */
WEAK OM_uint32 gss_display_name(OM_uint32 *minor, ...)
{
	return unavailable(minor);
}

WEAK OM_uint32 gss_inquire_context(OM_uint32 *minor, ...)
{
	return unavailable(minor);
}

WEAK OM_uint32 gss_unwrap(OM_uint32 *minor, ...)
{
	return unavailable(minor);
}

WEAK OM_uint32 gss_wrap(OM_uint32 *minor, ...)
{
	return unavailable(minor);
}
