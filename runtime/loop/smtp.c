#include "runtime/loop/smtp.h"

#include <curl/curl.h>
#include <string.h>

#include "runtime/base/mem.h"

static void free_list(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mem_free(list[i]);
	mem_free(list);
}

void smtp_release(struct op *op)
{
	struct smtp *smtp = (struct smtp *)op;

	mem_free(smtp->url);
	mem_free(smtp->user);
	mem_free(smtp->password);
	mem_free(smtp->authority);
	mem_free(smtp->from);
	mem_free(smtp->text);
	mem_free(smtp->html);
	free_list(smtp->recipients, smtp->recipient_count);
	free_list(smtp->headers, smtp->header_count);
	for (size_t i = 0; i < smtp->attachment_count; i++) {
		mem_free(smtp->attachments[i].name);
		mem_free(smtp->attachments[i].type);
		mem_free(smtp->attachments[i].path);
		mem_free(smtp->attachments[i].bytes);
	}
	mem_free(smtp->attachments);
	op->release = NULL;
}

/* A part of the message: 0, or curl's code. */
static CURLcode add_text(curl_mime *mime, const char *text, const char *type)
{
	curl_mimepart *part = curl_mime_addpart(mime);
	CURLcode code = curl_mime_data(part, text, CURL_ZERO_TERMINATED);

	if (code == CURLE_OK)
		code = curl_mime_type(part, type);
	if (code == CURLE_OK)
		code = curl_mime_encoder(part, "quoted-printable");
	return code;
}

/* Both forms of the same text: the reader takes the last that it knows. */
static CURLcode add_body(CURL *easy, curl_mime *mime, const struct smtp *smtp)
{
	curl_mime *both;
	CURLcode code;

	if (!smtp->text || !smtp->html)
		return add_text(mime, smtp->text ? smtp->text : smtp->html,
				smtp->text ? "text/plain; charset=utf-8"
					   : "text/html; charset=utf-8");
	both = curl_mime_init(easy);
	code = add_text(both, smtp->text, "text/plain; charset=utf-8");
	if (code == CURLE_OK)
		code = add_text(both, smtp->html, "text/html; charset=utf-8");
	if (code == CURLE_OK) {
		curl_mimepart *part = curl_mime_addpart(mime);

		code = curl_mime_subparts(part, both);
		if (code == CURLE_OK) {
			curl_mime_type(part, "multipart/alternative");
			return CURLE_OK;
		}
	}
	curl_mime_free(both);
	return code;
}

static CURLcode add_attachment(curl_mime *mime,
			       const struct smtp_attachment *attachment)
{
	curl_mimepart *part = curl_mime_addpart(mime);
	CURLcode code = attachment->path
				? curl_mime_filedata(part, attachment->path)
				: curl_mime_data(part, attachment->bytes,
						 attachment->length);

	if (code == CURLE_OK)
		code = curl_mime_filename(part, attachment->name);
	if (code == CURLE_OK && attachment->type)
		code = curl_mime_type(part, attachment->type);
	if (code == CURLE_OK)
		code = curl_mime_encoder(part, "base64");
	return code;
}

static CURLcode compose(CURL *easy, curl_mime *mime, struct smtp *smtp)
{
	CURLcode code = add_body(easy, mime, smtp);

	for (size_t i = 0; code == CURLE_OK && i < smtp->attachment_count;
	     i++) {
		code = add_attachment(mime, &smtp->attachments[i]);
		if (code == CURLE_READ_ERROR)
			error_set(&smtp->work.op.error, ERROR_NOT_FOUND,
				  "cannot read the attachment '%s'",
				  smtp->attachments[i].path);
	}
	return code;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
		       curl_off_t d)
{
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return work_cancelled(context);
}

static size_t drop(const char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

static struct curl_slist *list_of(char **items, size_t count)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < count; i++)
		list = curl_slist_append(list, items[i]);
	return list;
}

static void configure(CURL *easy, struct smtp *smtp)
{
	static const long levels[] = {
		[SMTP_TLS_NEVER] = CURLUSESSL_NONE,
		[SMTP_TLS_IF_OFFERED] = CURLUSESSL_TRY,
		[SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
	};

	curl_easy_setopt(easy, CURLOPT_URL, smtp->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USE_SSL, levels[smtp->tls]);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, smtp->from);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, smtp->timeout);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &smtp->work);
	if (smtp->user) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, smtp->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD,
				 smtp->password ? smtp->password : "");
	}
	if (smtp->authority)
		curl_easy_setopt(easy, CURLOPT_CAINFO, smtp->authority);
}

static void fail(struct smtp *smtp, CURL *easy, CURLcode code,
		 const char *detail)
{
	struct error **err = &smtp->work.op.error;
	enum error_code kind = ERROR_IO;
	long answer = 0;

	if (*err)
		return;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
	if (code == CURLE_OPERATION_TIMEDOUT)
		kind = ERROR_TIMEOUT;
	else if (code == CURLE_LOGIN_DENIED || answer >= 500)
		kind = ERROR_INVALID;
	error_set(err, kind, "cannot send mail by %s: %s", smtp->url,
		  *detail ? detail : curl_easy_strerror(code));
}

static void run(struct work *work)
{
	struct smtp *smtp = (struct smtp *)work;
	char detail[CURL_ERROR_SIZE] = "";
	CURL *easy = curl_easy_init();
	curl_mime *mime = curl_mime_init(easy);
	struct curl_slist *to =
		list_of(smtp->recipients, smtp->recipient_count);
	struct curl_slist *headers = list_of(smtp->headers, smtp->header_count);
	CURLcode code;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	configure(easy, smtp);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	code = compose(easy, mime, smtp);
	curl_easy_setopt(easy, CURLOPT_MIMEPOST, mime);
	if (code == CURLE_OK)
		code = curl_easy_perform(easy);
	if (code != CURLE_OK)
		fail(smtp, easy, code, detail);
	curl_slist_free_all(to);
	curl_slist_free_all(headers);
	curl_mime_free(mime);
	curl_easy_cleanup(easy);
}

void smtp_start(struct smtp *smtp, uv_loop_t *loop)
{
	/* Counted by libcurl, and not safe on several threads at once. */
	curl_global_init(CURL_GLOBAL_DEFAULT);
	smtp->work.op.release = smtp_release;
	work_start(&smtp->work, loop, run);
}
