/* Another try: after failures that may pass, with growing delays. */
#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

static bool status_passes(int status)
{
	switch (status) {
	case 408: /* time-out */
	case 425: /* too early */
	case 429: /* too many requests */
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

/* May it go well the next time? */
static bool passes(const struct request *request)
{
	switch (request->reason) {
	case REQUEST_RESOLVE:
	case REQUEST_CONNECT:
	case REQUEST_CONNECT_TIMEOUT:
	case REQUEST_TIMEOUT:
	case REQUEST_SILENT:
	case REQUEST_CUT_SHORT:
	case REQUEST_EMPTY:
	case REQUEST_RESET:
		return true;
	case REQUEST_OK:
	case REQUEST_STATUS:
		return status_passes(request->response.status);
	default:
		return false;
	}
}

/* Is it certain that the server has done nothing of what was asked? */
static bool is_harmless(const struct request *request)
{
	int status = request->response.status;

	if (request->idempotent || request->retry.always)
		return true;
	switch (request->reason) {
	case REQUEST_RESOLVE:
	case REQUEST_CONNECT:
	case REQUEST_CONNECT_TIMEOUT:
		return true;
	default:
		return status == 425 || status == 429 || status == 503;
	}
}

/* What a reader or a feeder has seen of the first try cannot be undone. */
static bool is_repeatable(const struct request *request)
{
	return !request->feed_begun && !(request->stream && request->ready &&
					 request->reason != REQUEST_STATUS);
}

static uint64_t next_delay(struct request *request)
{
	struct request_retry *retry = &request->retry;
	uint64_t delay = retry->delay < retry->max_delay ? retry->delay
							 : retry->max_delay;
	curl_off_t asked = 0;

	retry->delay = (uint64_t)((double)delay * retry->factor);
	if (request->response.status >= 400)
		curl_easy_getinfo(request->easy, CURLINFO_RETRY_AFTER, &asked);
	if (asked > 0 && (uint64_t)asked * 1000 > delay)
		delay = (uint64_t)asked * 1000;
	return delay;
}

static void on_paused(struct op *op)
{
	struct request *request = op->waiter;

	request->pausing = false;
	error_free(op->error);
	op->error = NULL;
	if (!request->cancelled) {
		request_begin(request);
		return;
	}
	request->reason = REQUEST_CANCELLED;
	error_set(&request->op.error, ERROR_CANCELLED, "cancelled");
	request_end(request);
}

bool request_again(struct request *request)
{
	uint64_t delay;

	if (request->retry.times == 0 || !passes(request) ||
	    !is_harmless(request) || !is_repeatable(request))
		return false;
	delay = next_delay(request);
	if (delay > request->retry.max_delay)
		return false; /* nobody wants to wait as long as was asked */
	request->retry.times--;
	error_free(request->op.error);
	request->op.error = NULL;
	request->reason = REQUEST_OK;
	request->pausing = true;
	request->pause.op.done = on_paused;
	request->pause.op.waiter = request;
	timer_start(&request->pause, request->client->loop, delay);
	return true;
}
