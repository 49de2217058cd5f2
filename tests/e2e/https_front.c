/*
 * TLS in front of a plain server, for tests: one port a kind of certificate.
 * It makes an authority and writes it to DIR/ca.pem, and a client's
 * certificate and key to DIR/client.pem; prints "KIND PORT" lines, then "pin
 * PIN" of all its keys; ends when its standard input is closed.
 *
 *     https_front DIR PORT
 */
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DAY = 86400, PIECE = 65536 };

struct kind {
	const char *name;
	const char *host; /* what the certificate is for */
	long from;        /* s from now */
	long until;
	bool lone;         /* signed by itself */
	bool wants_client; /* a certificate of the client */
	SSL_CTX *tls;
	int fd;
};

static struct kind kinds[] = {
	{.name = "good", .host = "localhost", .from = -DAY, .until = DAY},
	{.name = "self",
	 .host = "localhost",
	 .from = -DAY,
	 .until = DAY,
	 .lone = true},
	{.name = "expired",
	 .host = "localhost",
	 .from = -2 * DAY,
	 .until = -DAY},
	{.name = "name", .host = "other.example", .from = -DAY, .until = DAY},
	{.name = "client",
	 .host = "localhost",
	 .from = -DAY,
	 .until = DAY,
	 .wants_client = true},
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static int behind; /* the plain server's port */
static EVP_PKEY *key;
static X509 *authority;

static void die(const char *what)
{
	fprintf(stderr, "https_front: %s\n", what);
	exit(1);
}

static void add_extension(X509 *certificate, int kind, const char *value)
{
	X509_EXTENSION *extension =
		X509V3_EXT_conf_nid(NULL, NULL, kind, value);

	if (!extension || !X509_add_ext(certificate, extension, -1))
		die("cannot add an extension");
	X509_EXTENSION_free(extension);
}

/* A certificate for `host`; an authority's when `issuer` is NULL. */
static X509 *make(const char *host, long from, long until, X509 *issuer)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_get_subject_name(made);
	char alternative[256];

	static long serial = 1;
	X509_set_version(made, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
	X509_gmtime_adj(X509_getm_notBefore(made), from);
	X509_gmtime_adj(X509_getm_notAfter(made), until);
	X509_set_pubkey(made, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)host, -1, -1, 0);
	X509_set_issuer_name(made,
			     issuer ? X509_get_subject_name(issuer) : name);
	snprintf(alternative, sizeof(alternative), "DNS:%s", host);
	add_extension(made, NID_subject_alt_name, alternative);
	add_extension(made, NID_basic_constraints,
		      issuer ? "CA:FALSE" : "critical,CA:TRUE");
	if (!X509_sign(made, key, EVP_sha256()))
		die("cannot sign");
	return made;
}

static void set_up(struct kind *kind)
{
	X509 *own = make(kind->host, kind->from, kind->until,
			 kind->lone ? NULL : authority);

	kind->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(kind->tls, own);
	SSL_CTX_use_PrivateKey(kind->tls, key);
	if (kind->wants_client) {
		X509_STORE_add_cert(SSL_CTX_get_cert_store(kind->tls),
				    authority);
		SSL_CTX_set_verify(kind->tls,
				   SSL_VERIFY_PEER |
					   SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				   NULL);
	}
}

static void write_files(const char *dir)
{
	X509 *client = make("client", -DAY, DAY, authority);
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/ca.pem", dir);
	file = fopen(path, "we");
	if (!file || !PEM_write_X509(file, authority) || fclose(file) != 0)
		die("cannot write ca.pem");
	snprintf(path, sizeof(path), "%s/client.pem", dir);
	file = fopen(path, "we");
	if (!file || !PEM_write_X509(file, client) ||
	    !PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) ||
	    fclose(file) != 0)
		die("cannot write client.pem");
}

static int connect_behind(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((unsigned short)behind),
				      .sin_addr.s_addr =
					      htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		die("no server behind");
	return fd;
}

/* Pass on what is there in one direction; false at an end. */
static bool pass_in(SSL *tls, int plain, char *bytes)
{
	do {
		int count = SSL_read(tls, bytes, PIECE);

		if (count <= 0 ||
		    send(plain, bytes, (size_t)count, MSG_NOSIGNAL) != count)
			return false;
	} while (SSL_pending(tls) > 0);
	return true;
}

static void relay(SSL *tls, int plain)
{
	char *bytes = malloc(PIECE);
	struct pollfd fds[2] = {{.fd = SSL_get_fd(tls), .events = POLLIN},
				{.fd = plain, .events = POLLIN}};

	while (poll(fds, 2, -1) > 0) {
		ssize_t count;

		if (fds[0].revents && !pass_in(tls, plain, bytes))
			break;
		if (!fds[1].revents)
			continue;
		count = recv(plain, bytes, PIECE, 0);
		if (count <= 0 || SSL_write(tls, bytes, (int)count) != count)
			break;
	}
	free(bytes);
}

static void *serve(void *argument)
{
	SSL *tls = argument;
	int plain;

	if (SSL_accept(tls) == 1) {
		plain = connect_behind();
		relay(tls, plain);
		SSL_shutdown(tls);
		close(plain);
	}
	close(SSL_get_fd(tls));
	SSL_free(tls);
	return NULL;
}

static void take_call(struct kind *kind)
{
	int fd = accept(kind->fd, NULL, NULL);
	pthread_t thread;
	SSL *tls;

	if (fd < 0)
		return;
	tls = SSL_new(kind->tls);
	SSL_set_fd(tls, fd);
	if (pthread_create(&thread, NULL, serve, tls) != 0)
		die("cannot start a thread");
	pthread_detach(thread);
}

static void listen_for(struct kind *kind)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(here);

	kind->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(kind->fd, (struct sockaddr *)&here, length) != 0 ||
	    listen(kind->fd, 64) != 0)
		die("cannot listen");
	getsockname(kind->fd, (struct sockaddr *)&here, &length);
	printf("%s %d\n", kind->name, ntohs(here.sin_port));
}

static void print_pin(void)
{
	unsigned char *bytes = NULL;
	int length = i2d_PUBKEY(key, &bytes);
	unsigned char digest[32];
	unsigned char text[64];

	if (length <= 0 || !EVP_Digest(bytes, (size_t)length, digest, NULL,
				       EVP_sha256(), NULL))
		die("cannot hash the key");
	EVP_EncodeBlock(text, digest, sizeof(digest));
	printf("pin sha256//%s\n", text);
	fflush(stdout);
	OPENSSL_free(bytes);
}

int main(int count, char **words)
{
	struct pollfd fds[KINDS + 1] = {{.fd = STDIN_FILENO, .events = POLLIN}};

	if (count != 3)
		die("usage: https_front DIR PORT");
	signal(SIGPIPE, SIG_IGN);
	behind = (int)strtol(words[2], NULL, 10);
	key = EVP_EC_gen("P-256");
	authority = make("tide authority", -DAY, DAY, NULL);
	write_files(words[1]);
	for (int i = 0; i < KINDS; i++) {
		set_up(&kinds[i]);
		listen_for(&kinds[i]);
		fds[i + 1] =
			(struct pollfd){.fd = kinds[i].fd, .events = POLLIN};
	}
	print_pin();
	while (poll(fds, KINDS + 1, -1) > 0 && !fds[0].revents)
		for (int i = 0; i < KINDS; i++)
			if (fds[i + 1].revents)
				take_call(&kinds[i]);
	return 0;
}
