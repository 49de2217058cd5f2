/* Which format a name means, and what reading and writing share. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "runtime/archive/parts.h"
#include "runtime/base/path.h"
#include "runtime/text/glob.h"

struct format {
	const char *end;
	int (*container)(struct archive *archive);
	int (*filter)(struct archive *archive); /* NULL: none */
	const char *filter_name;                /* whose level it is */
};

static const struct format formats[] = {
	{".tar", archive_write_set_format_pax_restricted, NULL, NULL},
	{".tar.gz", archive_write_set_format_pax_restricted,
	 archive_write_add_filter_gzip, "gzip"},
	{".tgz", archive_write_set_format_pax_restricted,
	 archive_write_add_filter_gzip, "gzip"},
	{".tar.xz", archive_write_set_format_pax_restricted,
	 archive_write_add_filter_xz, "xz"},
	{".txz", archive_write_set_format_pax_restricted,
	 archive_write_add_filter_xz, "xz"},
	{".tar.zst", archive_write_set_format_pax_restricted,
	 archive_write_add_filter_zstd, "zstd"},
	{".zip", archive_write_set_format_zip, NULL, NULL},
};

static const struct format *format_of(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		size_t end = strlen(formats[i].end);

		if (length > end &&
		    strcmp(path + length - end, formats[i].end) == 0)
			return &formats[i];
	}
	return NULL;
}

int pack_check(const char *path, struct error **err)
{
	if (format_of(path))
		return 0;
	return error_set(
		err, ERROR_INVALID,
		"what kind of archive is '%s'? its name must end in"
		" .tar, .tar.gz, .tgz, .tar.xz, .txz, .tar.zst or .zip",
		path_base(path));
}

static int set_level(struct archive *archive, const struct format *format,
		     int level)
{
	char text[16];

	if (level < 0)
		return ARCHIVE_OK;
	snprintf(text, sizeof(text), "%d", level);
	if (!format->filter)
		return archive_write_set_format_option(
			archive, "zip", "compression-level", text);
	return archive_write_set_filter_option(archive, format->filter_name,
					       "compression-level", text);
}

int pack_set_format(struct archive *archive, const char *path, int level,
		    struct error **err)
{
	const struct format *format = format_of(path);

	if (!format)
		return pack_check(path, err);
	if (format->container(archive) != ARCHIVE_OK ||
	    (format->filter && format->filter(archive) != ARCHIVE_OK))
		return pack_fail(err, archive, "write", path);
	/* The same files make the same bytes: no time in gzip's header. */
	if (format->filter == archive_write_add_filter_gzip)
		archive_write_set_filter_option(archive, "gzip", "timestamp",
						NULL);
	if (level >= 0 && !format->filter && !strstr(format->end, "zip"))
		return 0;
	if (set_level(archive, format, level) != ARCHIVE_OK)
		return pack_fail(err, archive, "set the level of", path);
	return 0;
}

int pack_fail(struct error **err, struct archive *archive, const char *verb,
	      const char *path)
{
	const char *why = archive_error_string(archive);
	int code = archive_errno(archive);

	if (code == ENOENT)
		return error_set(err, ERROR_NOT_FOUND,
				 "cannot %s '%s': no such file", verb, path);
	return error_set(err, code > 0 ? ERROR_IO : ERROR_INVALID,
			 "cannot %s '%s': %s", verb, path,
			 why ? why : "damaged");
}

void pack_count(const struct pack_options *options, struct pack_totals *totals,
		int64_t entries, int64_t bytes)
{
	totals->entries += entries;
	totals->bytes += bytes;
	if (!options->meter)
		return;
	atomic_store_explicit(&options->meter->entries, totals->entries,
			      memory_order_relaxed);
	atomic_store_explicit(&options->meter->bytes, totals->bytes,
			      memory_order_relaxed);
}

int pack_stopped(const struct pack_options *options, struct error **err)
{
	if (!options->cancelled || !atomic_load(options->cancelled))
		return 0;
	return error_set(err, ERROR_CANCELLED, "cancelled");
}

bool pack_wanted(const struct pack_options *options, const char *name)
{
	return options->glob_count == 0 ||
	       glob_list_match(options->globs, options->glob_count, name, NULL);
}

struct archive *pack_open(const char *path, struct error **err)
{
	struct archive *archive = archive_read_new();

	archive_read_support_format_tar(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_bzip2(archive);
	if (archive_read_open_filename(archive, path, PACK_BLOCK) == ARCHIVE_OK)
		return archive;
	pack_fail(err, archive, "open", path);
	archive_read_free(archive);
	return NULL;
}

int pack_next(struct archive *archive, const struct pack_options *options,
	      struct archive_entry **entry, struct error **err)
{
	int status;

	if (pack_stopped(options, err) != 0)
		return -1;
	status = archive_read_next_header(archive, entry);
	if (status == ARCHIVE_EOF)
		return 0;
	/* A warning is about what we do not use: owners, odd times. */
	if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
		return pack_fail(err, archive, "read", options->path);
	if (archive_file_count(archive) > options->max_entries)
		return error_set(
			err, ERROR_LIMIT, "'%s' has more than %lld entries",
			options->path, (long long)options->max_entries);
	if (!archive_entry_pathname_utf8(*entry))
		return error_set(err, ERROR_INVALID,
				 "'%s' has a name that is not UTF-8",
				 options->path);
	return 1;
}

void *pack_locale_enter(void)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	return utf8 ? uselocale(utf8) : NULL;
}

void pack_locale_leave(void *former)
{
	locale_t utf8;

	if (!former)
		return;
	utf8 = uselocale(former);
	freelocale(utf8);
}

/*
 * libarchive's own stands beside a table of all formats that it writes, which
 * would link each of them and libxml2. Its writers call it for entries that
 * they cannot hold; ours are files, directories and links only.
 */
void __archive_write_entry_filetype_unsupported(struct archive *archive,
						struct archive_entry *entry,
						const char *format);
void __archive_write_entry_filetype_unsupported(struct archive *archive,
						struct archive_entry *entry,
						const char *format)
{
	archive_set_error(archive, EINVAL, "%s cannot hold '%s'", format,
			  archive_entry_pathname(entry));
}
