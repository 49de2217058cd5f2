/* The tables, as a list of migrations. docs/schema.md explains every column. */
#pragma once

/*
 * migrations[i], a list of SQL that NULL ends, brings a database from version
 * i to i + 1, in the same transaction as all others that are due. NULL ends the
 * list of them. Never change an entry that was released: append one.
 */
extern const char *const *const schema_migrations[];

extern const char *const schema_first[]; /* in schema_first.c */
extern const char *const schema_tests[]; /* in schema_tests.c */
