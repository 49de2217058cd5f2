/* What systemd wants to hear, as datagrams to NOTIFY_SOCKET. */
#pragma once

#include <stdint.h>

/* "READY=1\nMAINPID=…"; does nothing when nobody wants to hear it. */
void notify_send(const char *text);

/* How often to send "WATCHDOG=1", in ms; 0: nobody watches. */
uint64_t notify_interval(void);
