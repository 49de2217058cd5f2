/*
 * LDAP and RTMP: never used. Debian's static libcurl asks for their libraries,
 * of which there are no static ones. Clients speak HTTP and SMTP alone
 * (CURLOPT_PROTOCOLS_STR), so nothing gets here; if it does, the program ends
 * instead of going on with nonsense. Kerberos, which libcurl asks for as well,
 * is refused by runtime/git/gssapi.c.
 *
 * Only the static build asks the linker for this file (-u); shared libcurl
 * brings the real ones along.
 */
#include <stdio.h>
#include <stdlib.h>

_Noreturn static void refuse(const char *name)
{
	fprintf(stderr, "tidemill: bug: %s was called\n", name);
	abort();
}

/* Without the headers, which come with the missing libraries. */
#define UNUSED(name)                                                           \
	void name(void);                                                       \
	__attribute__((weak)) void name(void)                                  \
	{                                                                      \
		refuse(#name);                                                 \
	}

UNUSED(RTMP_Alloc)
UNUSED(RTMP_Close)
UNUSED(RTMP_Connect1)
UNUSED(RTMP_ConnectStream)
UNUSED(RTMP_Free)
UNUSED(RTMP_Init)
UNUSED(RTMP_Read)
UNUSED(RTMP_SetBufferMS)
UNUSED(RTMP_SetupURL)
UNUSED(RTMP_Write)
UNUSED(ber_bvfree)
UNUSED(ber_free)
UNUSED(ber_memfree)
UNUSED(ber_memvfree)
UNUSED(ber_sockbuf_add_io)
UNUSED(ldap_abandon_ext)
UNUSED(ldap_err2string)
UNUSED(ldap_free_urldesc)
UNUSED(ldap_get_attribute_ber)
UNUSED(ldap_get_dn_ber)
UNUSED(ldap_get_option)
UNUSED(ldap_init_fd)
UNUSED(ldap_memfree)
UNUSED(ldap_msgfree)
UNUSED(ldap_msgtype)
UNUSED(ldap_parse_result)
UNUSED(ldap_parse_sasl_bind_result)
UNUSED(ldap_pvt_url_scheme2proto)
UNUSED(ldap_result)
UNUSED(ldap_sasl_bind)
UNUSED(ldap_search_ext)
UNUSED(ldap_set_option)
UNUSED(ldap_start_tls)
UNUSED(ldap_unbind_ext)
UNUSED(ldap_url_parse)
