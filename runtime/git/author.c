#include "runtime/git/author.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"

static const char *environment(const char *role, const char *what)
{
	char name[64] = "GIT_";
	const char *value;

	strncat(name, role, 20);
	strncat(name, "_", 2);
	strncat(name, what, 20);
	value = getenv(name);
	return value && *value ? value : NULL;
}

/* Minutes of "+0130"; 0 for what is none. */
static int zone_minutes(const char *text)
{
	int sign = *text == '-' ? -1 : 1;

	if (*text != '+' && *text != '-')
		return 0;
	for (int i = 1; i <= 4; i++)
		if (!isdigit((unsigned char)text[i]))
			return 0;
	return sign * ((text[1] - '0') * 600 + (text[2] - '0') * 60 +
		       (text[3] - '0') * 10 + (text[4] - '0'));
}

/* "@1700000000 +0100" or without the "@"; anything else is now. */
static int signature_at(git_signature **who, const char *name,
			const char *email, const char *date)
{
	char *end;
	long long seconds;

	if (!date)
		return git_signature_now(who, name, email);
	date += *date == '@';
	errno = 0;
	seconds = strtoll(date, &end, 10);
	if (end == date || errno != 0 || (*end && *end != ' '))
		return git_signature_now(who, name, email);
	end += strspn(end, " ");
	return git_signature_new(who, name, email, seconds, zone_minutes(end));
}

static char *configured(git_config *config, const char *name)
{
	const char *value = NULL;

	if (config && git_config_get_string(&value, config, name) == 0 &&
	    *value)
		return mem_copy(value);
	return NULL;
}

/* From the environment, else the configuration, else ours. */
static int usual(struct repo *repo, const char *role, git_signature **who)
{
	const char *name = environment(role, "NAME");
	const char *email = environment(role, "EMAIL");
	git_config *config = NULL;
	char *own_name = NULL;
	char *own_email = NULL;
	int status;

	if ((!name || !email) &&
	    git_repository_config_snapshot(&config, repo->handle) == 0) {
		own_name = configured(config, "user.name");
		own_email = configured(config, "user.email");
	}
	git_error_clear();
	if (!name)
		name = own_name ? own_name : "Tidemill";
	if (!email)
		email = own_email ? own_email : "tidemill@localhost";
	status = signature_at(who, name, email, environment(role, "DATE"));
	mem_free(own_name);
	mem_free(own_email);
	git_config_free(config);
	return status;
}

static int read(struct repo *repo, const char *text, const char *role,
		git_signature **who, struct error **err)
{
	int status;

	if (!text) {
		status = usual(repo, role, who);
		return status < 0 ? library_error(err, status,
						  "cannot tell who commits")
				  : 0;
	}
	status = git_signature_from_buffer(who, text);
	git_error_clear();
	if (status < 0)
		return error_set(err, ERROR_INVALID,
				 "'%s' is no author: \"Name <mail>\"", text);
	if ((*who)->when.time == 0 && !strrchr(text, '>')[1]) {
		git_signature *now = NULL;

		status = git_signature_now(&now, (*who)->name, (*who)->email);
		git_signature_free(*who);
		*who = now;
	}
	return status < 0
		       ? library_error(err, status, "'%s' is no author", text)
		       : 0;
}

int author_read(struct repo *repo, const char *text, git_signature **who,
		struct error **err)
{
	return read(repo, text, "AUTHOR", who, err);
}

int committer_read(struct repo *repo, const char *text, git_signature **who,
		   struct error **err)
{
	return read(repo, text, "COMMITTER", who, err);
}
