/* The test that compares versions. */
#pragma once

#include "runtime/text/template/ansible.h"

call_function test_version;
