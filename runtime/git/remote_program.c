#include "runtime/git/remote_program.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/transfer.h"

/* A helper that says what its environment holds. */
#define HELPER                                                                 \
	"credential.helper=!f() { test \"$1\" = get && "                       \
	"printf 'username=%s\\npassword=%s\\n' \"$TIDEMILL_LOGIN_USER\" "      \
	"\"$TIDEMILL_LOGIN_SECRET\"; }; f"

/* Who logs in: borrowed from the login or the environment. */
struct who {
	const char *user;
	const char *secret; /* NULL: git finds out by itself */
	const char *key;    /* ditto */
};

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static struct who find_login(const struct login *login)
{
	struct who who = {0};

	if (login) {
		who.user = login->user;
		who.secret = login->token ? login->token : login->password;
		who.key = login->key;
	}
	if (!who.secret)
		who.secret = environment("TIDEMILL_GIT_TOKEN");
	if (!who.secret)
		who.secret = environment("TIDEMILL_GIT_PASSWORD");
	if (!who.user)
		who.user = environment("TIDEMILL_GIT_USER");
	if (!who.user)
		who.user = "git";
	if (!who.key)
		who.key = environment("TIDEMILL_SSH_KEY");
	return who;
}

/* `text` for a shell, owned. */
static char *quote(const char *text)
{
	struct buf out;

	buf_init(&out, (size_t)64 * 1024);
	buf_putc(&out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(&out, "'\\''");
		else
			buf_putc(&out, *text);
	}
	buf_putc(&out, '\'');
	return buf_take(&out);
}

static char *ssh_command(const struct who *who)
{
	char *key = who->key ? quote(who->key) : NULL;
	char *command = mem_printf("GIT_SSH_COMMAND=ssh -o BatchMode=yes "
				   "-o StrictHostKeyChecking=yes%s%s",
				   key ? " -o IdentitiesOnly=yes -i " : "",
				   key ? key : "");

	mem_free(key);
	return command;
}

int remote_program(const struct remote *remote, const char *const *args,
		   struct program *program, struct error **err)
{
	struct who who = find_login(remote->login);
	char *ssh = ssh_command(&who);
	char *user = mem_printf("TIDEMILL_LOGIN_USER=%s", who.user);
	char *secret = mem_printf("TIDEMILL_LOGIN_SECRET=%s",
				  who.secret ? who.secret : "");
	const char *env[] = {ssh, user, secret, NULL};
	const char *argv[REMOTE_ARGS_MAX + 8] = {"git"};
	size_t count = 1;
	int status;

	if (who.secret) { /* first nobody else's, then ours */
		argv[count++] = "-c";
		argv[count++] = "credential.helper=";
		argv[count++] = "-c";
		argv[count++] = HELPER;
	}
	for (size_t i = 0; args[i] && i < REMOTE_ARGS_MAX; i++)
		argv[count++] = args[i];
	*program = (struct program){
		.argv = argv, .env = env, .cancelled = remote->cancelled};
	status = program_run(program, err);
	program->argv = program->env = NULL;
	mem_free(ssh);
	mem_free(user);
	mem_free(secret);
	return status;
}

int remote_program_checked(const struct remote *remote, const char *verb,
			   const char *const *args, struct error **err)
{
	struct program program;
	int status;

	if (remote->login && remote->login->passphrase)
		return error_set(err, ERROR_INVALID,
				 "with a depth or a single branch, a key with "
				 "a passphrase is used through the SSH agent "
				 "only");
	transfer_enter(remote->transfer, TRANSFER_RECEIVING);
	status = remote_program(remote, args, &program, err);
	transfer_enter(remote->transfer, TRANSFER_DONE);
	if (status == 0 && program.status != 0) {
		char *shown = remote_display(remote->url);

		status = error_set(err, ERROR_IO, "cannot %s '%s': %s", verb,
				   shown, program_complaint(&program));
		mem_free(shown);
	}
	program_release(&program);
	return status;
}
