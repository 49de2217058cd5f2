/* Which kernels this machine can run. */
#include "runtime/learn/boost/kernel.h"

#include <string.h>

#ifdef __x86_64__
static int has_avx2(void)
{
	return __builtin_cpu_supports("avx2") &&
	       __builtin_cpu_supports("bmi2") &&
	       __builtin_cpu_supports("popcnt");
}

static int has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq");
}
#endif

const struct boost_kernels *boost_kernels(void)
{
#ifdef __x86_64__
	if (has_avx512())
		return &boost_kernels_avx512;
	if (has_avx2())
		return &boost_kernels_avx2;
#endif
	return &boost_kernels_plain;
}

const struct boost_kernels *boost_kernels_of(const char *name)
{
#ifdef __x86_64__
	if (strcmp(name, "avx512") == 0 && has_avx512())
		return &boost_kernels_avx512;
	if (strcmp(name, "avx2") == 0 && has_avx2())
		return &boost_kernels_avx2;
#endif
	return strcmp(name, "plain") == 0 ? &boost_kernels_plain : NULL;
}
