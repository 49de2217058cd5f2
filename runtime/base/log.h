/* The program's own log: one line an entry on stderr, `key=value` behind it. */
#pragma once

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/*
 * Entries below `level` are dropped. The initial level is LOG_WARN, so that a
 * command prints nothing but its answer; `tidemill serve` raises it to INFO.
 * Kept in log.c: the one piece of state that every room shares.
 */
void log_set_level(enum log_level level);
enum log_level log_level(void);

/* Write "2026-11-23T04:05:06.789Z info message". Thread-safe: one write. */
void log_write(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
