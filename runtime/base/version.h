/* The version of Tidemill. */
#pragma once

#define TIDEMILL_VERSION "0.1.0"
