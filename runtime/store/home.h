/* The home: the directory of the database and everything beside it. */
#pragma once

/*
 * TIDEMILL_HOME, else $XDG_DATA_HOME/tidemill, else ~/.local/share/tidemill;
 * an owned absolute path.
 */
char *home_default(void);
