/* A home of its own for each test of the store. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/store/db.h"

struct home {
	char path[64];
	struct db *db;
};

#define HOME_TEST(name)                                                        \
	cmocka_unit_test_setup_teardown(name, home_setup, home_teardown)

static struct db *home_open(const char *path, enum db_mode mode)
{
	struct error *err = NULL;
	struct db *db = db_open(path, mode, &err);

	if (err)
		fprintf(stderr, "%s\n", err->message);
	assert_non_null(db);
	return db;
}

/* Check and free an error. */
static void home_error(struct error **err, enum error_code code,
		       const char *part)
{
	assert_non_null(*err);
	if ((*err)->code != code || !strstr((*err)->message, part))
		fprintf(stderr, "%s: %s\n", error_code_name((*err)->code),
			(*err)->message);
	assert_int_equal((*err)->code, code);
	assert_non_null(strstr((*err)->message, part));
	error_free(*err);
	*err = NULL;
}

static int home_setup(void **state)
{
	struct home *home = mem_alloc(sizeof(*home));

	snprintf(home->path, sizeof(home->path), "/tmp/tidemill-XXXXXX");
	assert_non_null(mkdtemp(home->path));
	home->db = home_open(home->path, DB_WRITE);
	*state = home;
	(void)home_error;
	return 0;
}

static int home_remove(const char *path, const struct stat *info, int type,
		       struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

static int home_teardown(void **state)
{
	struct home *home = *state;

	db_close(home->db);
	assert_int_equal(nftw(home->path, home_remove, 8, FTW_DEPTH | FTW_PHYS),
			 0);
	mem_free(home);
	return 0;
}
