/* The tables, as a list of migrations. docs/schema.md explains every column. */
#pragma once

/*
 * migrations[i] brings a database from version i to i + 1, in the same
 * transaction as all others that are due. NULL ends the list. Never change an
 * entry that was released: append one.
 */
extern const char *const schema_migrations[];
