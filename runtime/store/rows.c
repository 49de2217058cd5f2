#include "runtime/store/private.h"

int64_t rows_int(struct rows *rows, int column)
{
	return sqlite3_column_int64(rows->statement, column);
}

double rows_double(struct rows *rows, int column)
{
	return sqlite3_column_double(rows->statement, column);
}

const char *rows_text(struct rows *rows, int column)
{
	return (const char *)sqlite3_column_text(rows->statement, column);
}

bool rows_null(struct rows *rows, int column)
{
	return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

int rows_columns(const struct rows *rows)
{
	return sqlite3_column_count(rows->statement);
}

const char *rows_name(const struct rows *rows, int column)
{
	return sqlite3_column_name(rows->statement, column);
}

enum rows_type rows_type(struct rows *rows, int column)
{
	switch (sqlite3_column_type(rows->statement, column)) {
	case SQLITE_INTEGER:
		return ROWS_INT;
	case SQLITE_FLOAT:
		return ROWS_DOUBLE;
	case SQLITE_TEXT:
		return ROWS_TEXT;
	case SQLITE_BLOB:
		return ROWS_BLOB;
	default:
		return ROWS_NULL;
	}
}

size_t rows_bytes(struct rows *rows, int column)
{
	return (size_t)sqlite3_column_bytes(rows->statement, column);
}

int rows_parameters(const struct rows *rows)
{
	return sqlite3_bind_parameter_count(rows->statement);
}

int rows_parameter(const struct rows *rows, const char *name)
{
	return sqlite3_bind_parameter_index(rows->statement, name);
}

const char *rows_parameter_name(const struct rows *rows, int parameter)
{
	return sqlite3_bind_parameter_name(rows->statement, parameter);
}

void rows_bind_null(struct rows *rows, int parameter)
{
	sqlite3_bind_null(rows->statement, parameter);
}

void rows_bind_int(struct rows *rows, int parameter, int64_t value)
{
	sqlite3_bind_int64(rows->statement, parameter, value);
}

void rows_bind_double(struct rows *rows, int parameter, double value)
{
	sqlite3_bind_double(rows->statement, parameter, value);
}

void rows_bind_text(struct rows *rows, int parameter, const char *text,
		    size_t length)
{
	sqlite3_bind_text64(rows->statement, parameter, text, length,
			    SQLITE_TRANSIENT, SQLITE_UTF8);
}

bool rows_writes(const struct rows *rows)
{
	return !sqlite3_stmt_readonly(rows->statement);
}
