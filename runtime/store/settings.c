#include "runtime/store/settings.h"

char *setting_get(struct db *db, const char *key)
{
	return db_text(db, NULL, "SELECT value FROM settings WHERE key = ?",
		       "t", key);
}

int setting_set(struct db *db, const char *key, const char *value,
		struct error **err)
{
	if (!value)
		return db_run(db, err, "DELETE FROM settings WHERE key = ?",
			      "t", key);
	return db_run(db, err,
		      "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key)"
		      " DO UPDATE SET value = excluded.value",
		      "tt", key, value);
}
