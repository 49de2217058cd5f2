---@meta archive
--- Archives: .tar, .tar.gz (.tgz), .tar.xz (.txz), .tar.zst and .zip are
--- written and read, .tar.bz2 is read. The work is done on the thread pool.
--- Errors: `not_found`, `io`, `limit`, and `invalid` for what is damaged or
--- refused.
error("definitions for the editor, not a module")

---@class archive
local archive = {}

---@class archive.CreateOptions
---@field files? string[] globs of names within `dir`: which (default all);
---  a leading ! excludes, the last match wins
---@field level? integer of compression (default the format's own)
---@field mtime? integer milliseconds since 1970 that every entry gets (default
---  each file's own)
---@field meter? archive.Meter counts while it is done

---@class archive.ExtractOptions
---@field files? string[] globs of names, after `strip`: which (default all)
---@field strip? integer how many leading directories of names to drop (0)
---@field max_bytes? integer of all files together (default 16 GiB)
---@field max_entries? integer (default 1,000,000)
---@field max_ratio? integer of unpacked to packed bytes, from 32 MiB on (500)
---@field meter? archive.Meter counts while it is done

---@class archive.ListOptions
---@field files? string[] globs of names: which (default all)
---@field max_entries? integer (default 1,000,000)

---@class archive.Totals
---@field entries integer
---@field bytes integer of the files' contents

---@class archive.Entry
---@field name string
---@field kind "file"|"dir"|"link"|"hardlink"|"other"
---@field size integer bytes
---@field modified integer milliseconds since 1970
---@field mode integer permissions, 420 is rw-r--r--
---@field target? string of a link

--- Packs what is in `dir` into a new archive, at once or not at all. Names are
--- sorted, owners left out: with `mtime`, the same files make the same bytes.
---@async
---@param file string its name's end says the format
---@param dir string
---@param options? archive.CreateOptions
---@return archive.Totals
function archive.create(file, dir, options) end

--- Unpacks into `dir`, which is made when needed; files that are there are
--- replaced. What would reach outside of it (absolute names, "..", links that
--- lead out, names below links) and special files are refused as `invalid`;
--- owners and set-user-id bits are dropped.
---@async
---@param file string
---@param dir string
---@param options? archive.ExtractOptions
---@return archive.Totals
function archive.extract(file, dir, options) end

--- Returns what is in an archive, in its order.
---@async
---@param file string
---@param options? archive.ListOptions
---@return archive.Entry[]
function archive.list(file, options) end

--- Returns a meter: given to archive.create or archive.extract, it tells other
--- tasks how far they are.
---@return archive.Meter
function archive.meter() end

---@class archive.Meter
local meter = {}

--- Returns what is done so far.
---@return archive.Totals
function meter:read() end

return archive
