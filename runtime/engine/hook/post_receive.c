/*
 * The program git runs after a push: tells the server which refs moved.
 *
 *     hooks/post-receive                   this program
 *     hooks/tidemill.sock                  a symlink to the server's socket
 *     hooks/post-receive.before-tidemill   the hook that was there before
 *
 * The pusher waits for it, so it starts without a C library (0.2 ms), waits at
 * most a second for the server, and never fails a push: a server that is down
 * compares all tips when it starts. The former hook gets the same input and
 * decides the exit status.
 */
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#ifdef HOOK_BARE
int hook_main(long count, char **words);
void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);

#if defined(__x86_64__)
__asm__(".globl _start\n"
	"_start: mov (%rsp), %rdi\n"
	"lea 8(%rsp), %rsi\n"
	"and $-16, %rsp\n"
	"call hook_main\n"
	"mov %eax, %edi\n"
	"mov $231, %eax\n"
	"syscall\n");

static long call_with(long number, const long *a)
{
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#else
__asm__(".globl _start\n"
	"_start: ldr x0, [sp]\n"
	"add x1, sp, #8\n"
	"bl hook_main\n"
	"mov x8, #94\n"
	"svc #0\n");

static long call_with(long number, const long *a)
{
	register long x0 __asm__("x0") = a[0];
	register long x1 __asm__("x1") = a[1];
	register long x2 __asm__("x2") = a[2];
	register long x3 __asm__("x3") = a[3];
	register long x4 __asm__("x4") = a[4];
	register long x5 __asm__("x5") = a[5];
	register long x8 __asm__("x8") = number;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8)
			 : "memory");
	return x0;
}
#endif

/* The compiler may call these two even when the source does not. */
void *memcpy(void *to, const void *from, size_t length)
{
	for (volatile size_t i = 0; i < length; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int byte, size_t length)
{
	for (volatile size_t i = 0; i < length; i++)
		((char *)to)[i] = (char)byte;
	return to;
}
#else
#include <unistd.h>

static long call_with(long number, const long *a)
{
	return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
#endif

#define call(number, ...) call_with(number, (const long[6]){__VA_ARGS__})
#define INPUT_MAX (960 * 1024) /* the server takes 1 MiB a request */
#define PATH_SIZE 4096

static char message[PATH_SIZE + 8 + INPUT_MAX];
static char name[PATH_SIZE + 64];

static size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0')
		length++;
	return length;
}

/* Write FILE in the hooks' directory, found by argv[0], into `name`. */
static const char *beside(const char *program, const char *file)
{
	size_t dir = length_of(program);
	size_t length = length_of(file);

	while (dir > 0 && program[dir - 1] != '/')
		dir--;
	if (dir > PATH_SIZE)
		dir = 0;
	memcpy(name, program, dir);
	memcpy(name + dir, file, length + 1);
	return name;
}

static void write_all(long file, const char *bytes, size_t length)
{
	while (length > 0) {
		long wrote = call(SYS_write, file, (long)bytes, (long)length);

		if (wrote <= 0)
			return;
		bytes += wrote;
		length -= (size_t)wrote;
	}
}

/*
 * Append what git says to the message behind its first `start` bytes; with a
 * `copy`, everything goes there too. Returns the message's length. Too many
 * refs: the first line alone, which makes the server compare all tips.
 */
static size_t read_input(size_t start, long copy)
{
	size_t length = start;
	int overflow = 0;

	for (;;) {
		long got;

		if (length == sizeof(message)) {
			overflow = 1;
			length = start;
		}
		got = call(SYS_read, 0, (long)(message + length),
			   (long)(sizeof(message) - length));
		if (got <= 0)
			break;
		if (copy >= 0)
			write_all(copy, message + length, (size_t)got);
		length += (size_t)got;
	}
	return overflow ? start : length;
}

static long connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval second = {.tv_sec = 1};
	size_t length = length_of(path);
	long file;

	if (length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, length + 1);
	file = call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
	if (file < 0)
		return -1;
	/* Also bounds connect, when the server's queue is full. */
	call(SYS_setsockopt, file, SOL_SOCKET, SO_SNDTIMEO, (long)&second,
	     sizeof(second));
	if (call(SYS_connect, file, (long)&address, sizeof(address)) != 0)
		return -1;
	return file;
}

static void tell_server(const char *program, size_t length)
{
	long file = connect_to(beside(program, "tidemill.sock"));
	struct timespec second = {.tv_sec = 1};
	struct pollfd poll = {.fd = (int)file, .events = POLLIN};
	size_t sent = 0;
	long got;

	if (file < 0)
		return;
	/* MSG_NOSIGNAL: a server that dies now must not end the program. */
	while (sent < length) {
		long wrote = call(SYS_sendto, file, (long)(message + sent),
				  (long)(length - sent), MSG_NOSIGNAL);

		if (wrote <= 0)
			return;
		sent += (size_t)wrote;
	}
	call(SYS_shutdown, file, SHUT_WR);
	if (call(SYS_ppoll, (long)&poll, 1, (long)&second) != 1)
		return;
	got = call(SYS_read, file, (long)message, 256);
	/* "ok tidemill: …" is for the person who pushes. */
	if (got > 4 && message[0] == 'o' && message[2] == ' ')
		write_all(2, message + 3, (size_t)got - 3);
	call(SYS_close, file);
}

static const char *former_hook(const char *program)
{
	const char *path = beside(program, "post-receive.before-tidemill");

	return call(SYS_faccessat, AT_FDCWD, (long)path, 1) == 0 ? path : NULL;
}

static int run_former(const char *program, long input, char **words)
{
	char **environment = words;

	while (*environment)
		environment++;
	environment++;
	call(SYS_lseek, input);
	call(SYS_dup3, input);
	words[0] = (char *)former_hook(program);
	call(SYS_execve, (long)words[0], (long)words, (long)environment);
	write_all(2, "tidemill: cannot run post-receive.before-tidemill\n", 50);
	return 126;
}

static size_t write_header(void)
{
	long length;

	memcpy(message, "push ", 6);
	length = call(SYS_getcwd, (long)(message + 5), PATH_SIZE);
	if (length <= 1)
		return 0;
	message[4 + length] = '\n'; /* in place of the final NUL */
	return 5 + (size_t)length;
}

#ifdef HOOK_BARE
int hook_main(long count, char **words)
#else
int main(int count, char **words)
#endif
{
	size_t start = write_header();
	long copy = -1;
	size_t length;

	if (count < 1)
		return 0;
	if (former_hook(words[0]))
		copy = call(SYS_memfd_create, (long)"input", 1);
	length = read_input(start, copy);
	if (start > 0)
		tell_server(words[0], length);
	return copy < 0 ? 0 : run_former(words[0], copy, words);
}
