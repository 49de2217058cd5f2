#include "runtime/git/credentials.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define NETRC_MAX ((size_t)64 * 1024)
#define SPACE " \t\r\n"

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Copy the next word of `*text` and step behind it; NULL at the end. */
static char *next_word(const char **text)
{
	const char *start = *text + strspn(*text, SPACE);
	size_t length = strcspn(start, SPACE);

	*text = start + length;
	return length ? mem_copy_n(start, length) : NULL;
}

static void keep(char **slot, char *value)
{
	mem_free(*slot);
	*slot = value;
}

/* Behind the next "machine HOST" or "default", or NULL. */
static const char *find_machine(const char *text, const char *host)
{
	bool found = false;
	char *word;

	while (!found && (word = next_word(&text))) {
		char *name = NULL;

		found = strcmp(word, "default") == 0;
		if (strcmp(word, "machine") == 0)
			name = next_word(&text);
		found |= name && strcmp(name, host) == 0;
		mem_free(name);
		mem_free(word);
	}
	return found ? text : NULL;
}

int credentials_netrc(const char *text, const char *host, char **user,
		      char **password)
{
	char *word;
	bool ours = true;

	*user = NULL;
	*password = NULL;
	text = find_machine(text, host);
	if (!text)
		return 0;
	while (ours && (word = next_word(&text))) {
		ours = strcmp(word, "machine") != 0 &&
		       strcmp(word, "default") != 0;
		if (strcmp(word, "login") == 0)
			keep(user, next_word(&text));
		else if (strcmp(word, "password") == 0)
			keep(password, next_word(&text));
		mem_free(word);
	}
	return 1;
}

static char *home_file(const char *name)
{
	const char *home = environment("HOME");

	return home ? path_join(home, name) : NULL;
}

static char *read_netrc(void)
{
	const char *named = environment("NETRC");
	char *path = named ? mem_copy(named) : home_file(".netrc");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct buf text;
	char *room;
	ssize_t got;

	mem_free(path);
	if (fd < 0)
		return NULL;
	buf_init(&text, NETRC_MAX);
	room = buf_reserve(&text, NETRC_MAX);
	got = read(fd, room, NETRC_MAX);
	close(fd);
	text.length = got > 0 ? (size_t)got : 0;
	buf_append(&text, "", 0); /* its NUL */
	return buf_take(&text);
}

/* "https://user@host:443/path" -> "host", owned. */
static char *host_of(const char *url)
{
	const char *start = strstr(url, "://");
	const char *end;
	const char *at;

	start = start ? start + 3 : url;
	end = start + strcspn(start, "/");
	at = memchr(start, '@', (size_t)(end - start));
	if (at)
		start = at + 1;
	return mem_copy_n(start, strcspn(start, ":/"));
}

static int from_environment(git_credential **out, const char *user)
{
	const char *token = environment("TIDEMILL_GIT_TOKEN");
	const char *name = environment("TIDEMILL_GIT_USER");

	if (!token)
		token = environment("TIDEMILL_GIT_PASSWORD");
	if (!token)
		return 1;
	if (!name)
		name = user ? user : "git";
	return git_credential_userpass_plaintext_new(out, name, token);
}

static int from_netrc(git_credential **out, const char *url)
{
	char *text = read_netrc();
	char *host = host_of(url);
	char *user = NULL;
	char *password = NULL;
	int status = 1;

	if (text && credentials_netrc(text, host, &user, &password) && user &&
	    password)
		status = git_credential_userpass_plaintext_new(out, user,
							       password);
	mem_free(text);
	mem_free(host);
	mem_free(user);
	mem_free(password);
	return status;
}

static int from_login(git_credential **out, const struct login *login,
		      const char *user)
{
	const char *secret = login ? login->token : NULL;
	const char *name = login ? login->user : NULL;

	if (login && !secret)
		secret = login->password;
	if (!secret)
		return 1;
	if (!name)
		name = user ? user : "git";
	return git_credential_userpass_plaintext_new(out, name, secret);
}

static int from_helper(git_credential **out, const struct credentials *tried,
		       const char *url, const char *user)
{
	char *name = NULL;
	char *password = NULL;
	int status = 1;

	if (credentials_helper(url, user, tried->cancelled, &name, &password))
		status = git_credential_userpass_plaintext_new(out, name,
							       password);
	mem_free(name);
	mem_free(password);
	return status;
}

/* The next way that has something to say; 1: there is none. */
static int try_password(struct credentials *tried, git_credential **out,
			const char *url, const char *user)
{
	const struct login *login = tried->login;
	int status = 1;

	if (login && login->user)
		user = login->user;
	while (status == 1 && tried->passwords < 4) {
		switch (tried->passwords++) {
		case 0:
			status = from_login(out, login, user);
			break;
		case 1:
			status = from_environment(out, user);
			break;
		case 2:
			if (!login || !login->no_netrc)
				status = from_netrc(out, url);
			break;
		default:
			if (!login || !login->no_helper)
				status = from_helper(out, tried, url, user);
		}
	}
	return status;
}

/* The key file number `index` of the usual ones, owned; or NULL. */
static char *key_file(unsigned index)
{
	static const char *const usual[] = {".ssh/id_ed25519", ".ssh/id_ecdsa",
					    ".ssh/id_rsa"};
	const char *named = environment("TIDEMILL_SSH_KEY");

	if (named)
		return index == 0 ? mem_copy(named) : NULL;
	if (index >= sizeof(usual) / sizeof(*usual))
		return NULL;
	return home_file(usual[index]);
}

static int key_of_login(git_credential **out, const struct login *login,
			const char *user)
{
	if (!login || !login->key)
		return 1;
	if (access(login->key, R_OK) != 0) {
		git_error_set_str(GIT_ERROR_SSH, "cannot read the key file");
		return GIT_EAUTH;
	}
	return git_credential_ssh_key_new(out, user, NULL, login->key,
					  login->passphrase);
}

static int key_in_file(git_credential **out, const char *file, const char *user)
{
	if (access(file, R_OK) != 0)
		return 1;
	return git_credential_ssh_key_new(
		out, user, NULL, file, environment("TIDEMILL_SSH_PASSPHRASE"));
}

/* Number 0 is the login's own, 1 the agent, the others are files. */
static int try_key(struct credentials *tried, git_credential **out,
		   const char *user)
{
	const struct login *login = tried->login;
	int status = 1;

	if (tried->keys == 0) {
		tried->keys++;
		status = key_of_login(out, login, user);
	}
	if (status == 1 && tried->keys == 1) {
		tried->keys++;
		if (environment("SSH_AUTH_SOCK") &&
		    (!login || !login->no_agent))
			return git_credential_ssh_key_from_agent(out, user);
	}
	while (status == 1) {
		char *file = key_file(tried->keys++ - 2);

		if (!file)
			return 1;
		status = key_in_file(out, file, user);
		mem_free(file);
	}
	return status;
}

/* Whoever gave a name with the login means it. */
static const char *user_of(const struct credentials *tried, const char *user)
{
	if (user)
		return user;
	if (tried->login && tried->login->user)
		return tried->login->user;
	return "git";
}

int credentials_acquire(git_credential **out, const char *url, const char *user,
			unsigned allowed, void *payload)
{
	struct credentials *tried = payload;
	int status = 1;

	if (allowed & GIT_CREDENTIAL_USERNAME)
		return git_credential_username_new(out, user_of(tried, user));
	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		status = try_key(tried, out, user_of(tried, user));
	else if (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT)
		status = try_password(tried, out, url, user);
	if (status != 1)
		return status;
	git_error_set_str(GIT_ERROR_NET,
			  allowed & GIT_CREDENTIAL_SSH_KEY
				  ? "no key was accepted (credentials.key, "
				    "the agent, TIDEMILL_SSH_KEY, ~/.ssh)"
				  : "no user and password were accepted "
				    "(credentials.token, TIDEMILL_GIT_TOKEN, "
				    "~/.netrc, git's credential.helper)");
	return GIT_EAUTH;
}
