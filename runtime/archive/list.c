/* What is in an archive. */
#include <sys/stat.h>

#include "runtime/archive/parts.h"
#include "runtime/base/mem.h"

static char kind_of(struct archive_entry *entry)
{
	if (archive_entry_hardlink_utf8(entry))
		return 'h';
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return 'f';
	case AE_IFDIR:
		return 'd';
	case AE_IFLNK:
		return 'l';
	default:
		return '?';
	}
}

static void add(struct pack_list *list, struct archive_entry *from)
{
	struct pack_entry *entry;
	const char *target = archive_entry_hardlink_utf8(from);

	/* Room for a power of two, doubled when that is used up. */
	if ((list->count & (list->count - 1)) == 0)
		list->entries = mem_grow(list->entries,
					 (list->count ? list->count * 2 : 1) *
						 sizeof(*list->entries));
	entry = &list->entries[list->count++];
	*entry = (struct pack_entry){
		.name = mem_copy(archive_entry_pathname_utf8(from)),
		.kind = kind_of(from),
		.size = archive_entry_size(from),
		.mtime = archive_entry_mtime(from),
		.mode = archive_entry_perm(from),
	};
	entry->target =
		mem_copy(target ? target : archive_entry_symlink_utf8(from));
}

int pack_read(const struct pack_options *options, struct pack_list *list,
	      struct error **err)
{
	void *locale = pack_locale_enter();
	struct archive *archive = pack_open(options->path, err);
	struct archive_entry *entry;
	int result = -1;

	*list = (struct pack_list){0};
	while (archive &&
	       (result = pack_next(archive, options, &entry, err)) == 1)
		if (pack_wanted(options, archive_entry_pathname_utf8(entry)))
			add(list, entry);
	archive_read_free(archive);
	pack_locale_leave(locale);
	if (result != 0)
		pack_list_release(list);
	return result;
}

void pack_list_release(struct pack_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		mem_free(list->entries[i].name);
		mem_free(list->entries[i].target);
	}
	mem_free(list->entries);
	*list = (struct pack_list){0};
}
