/* Memory for libcurl: pieces that are used again. */
#pragma once

#include <curl/curl.h>

CURLcode client_memory_start(void); /* instead of curl_global_init */

/* From now on this thread, which is a loop's, keeps what is given back. */
void client_memory_keep(void);
