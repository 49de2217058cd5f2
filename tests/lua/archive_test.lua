-- Archives: packing, unpacking, and what hostile ones may not do.

local archive = require("archive")
local fs = require("fs")
local proc = require("proc")
local test = require("test")

local FORMATS <const> = { "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz",
	"a.tar.zst", "a.zip" }

--- A directory with a file, an executable, a link and a name in Unicode.
local function make_tree()
	local dir = test.temp_dir()

	fs.mkdir(dir .. "/tree/bin")
	fs.write(dir .. "/tree/bin/run", "#!/bin/sh\necho hi\n", 493)
	fs.write(dir .. "/tree/größe.txt", ("0123456789"):rep(20000))
	fs.write(dir .. "/tree/empty", "")
	proc.run { "ln", "-s", "bin/run", dir .. "/tree/start" }
	return dir
end

--- Makes a tar with Python's tarfile, which writes whatever it is told to.
local function hostile(dir, script)
	proc.run { "python3", "-c", ([[
import io, sys, tarfile
tar = tarfile.open(sys.argv[1], "w")
def add(name, kind=tarfile.REGTYPE, target="", data=b"x", mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.mode = kind, target, mode
    entry.size = len(data) if kind == tarfile.REGTYPE else 0
    tar.addfile(entry, io.BytesIO(data))
%s
tar.close()]]):format(script), dir .. "/evil.tar" }
	return dir .. "/evil.tar"
end

local function refused(why, script)
	local dir = test.temp_dir()
	local file = hostile(dir, script)

	fs.write(dir .. "/outside", "safe")
	test.raises(why, archive.extract, file, dir .. "/in")
	test.equal(fs.read(dir .. "/outside"), "safe")
end

return {
	what_is_packed_comes_out_again = function()
		local dir = make_tree()
		for _, name in ipairs(FORMATS) do
			local file, to = dir .. "/" .. name, dir .. "/out-" .. name
			local packed = archive.create(file, dir .. "/tree")
			test.equal(packed.bytes, 200018, name)
			local out = archive.extract(file, to)
			test.equal(out.entries, 5, name)
			test.equal(proc.run { "diff", "-r", "--no-dereference",
				dir .. "/tree", to }.status, 0)
			test.equal(fs.stat(to .. "/bin/run").mode & 511, 493)
		end
	end,

	other_programs_read_them = function()
		local dir = make_tree()
		archive.create(dir .. "/a.tar.gz", dir .. "/tree")
		local names = proc.run { "tar", "tzf", dir .. "/a.tar.gz",
			env = { LC_ALL = "C.UTF-8" } }.stdout
		test.equal(names, "bin/\nbin/run\nempty\ngröße.txt\nstart\n")
	end,

	the_same_files_make_the_same_bytes = function()
		local dir = make_tree()
		local options = { mtime = 1700000000000 }
		for _, name in ipairs { "a.tar.gz", "a.tar.zst", "a.tar.xz" } do
			archive.create(dir .. "/1" .. name, dir .. "/tree",
				options)
			proc.run { "touch", dir .. "/tree/empty" }
			archive.create(dir .. "/2" .. name, dir .. "/tree",
				options)
			test.equal(fs.read(dir .. "/1" .. name)
				== fs.read(dir .. "/2" .. name), true, name)
		end
	end,

	a_list_says_what_is_in_it = function()
		local dir = make_tree()
		archive.create(dir .. "/a.tar.zst", dir .. "/tree")
		local by_name = {}
		for _, entry in ipairs(archive.list(dir .. "/a.tar.zst")) do
			by_name[entry.name] = entry
		end
		test.equal(by_name["start"].target, "bin/run")
		test.equal(by_name["start"].kind, "link")
		test.equal(by_name["größe.txt"].size, 200000)
		test.equal(by_name["bin/run"].mode, 493)
		test.equal(by_name["bin/"].kind, "dir")
	end,

	globs_choose_and_leading_parts_are_dropped = function()
		local dir = make_tree()
		archive.create(dir .. "/a.zip", dir, { files = { "tree/**",
			"!**/*.txt" } })
		archive.extract(dir .. "/a.zip", dir .. "/out", { strip = 1,
			files = { "bin/**", "empty" } })
		test.equal(fs.exists(dir .. "/out/bin/run"), true)
		test.equal(fs.exists(dir .. "/out/empty"), true)
		test.equal(fs.exists(dir .. "/out/start"), false)
		test.equal(fs.exists(dir .. "/out/größe.txt"), false)
	end,

	an_archive_is_not_part_of_itself = function()
		local dir = make_tree()
		archive.create(dir .. "/tree/self.tar", dir .. "/tree")
		test.equal(#archive.list(dir .. "/tree/self.tar"), 5)
	end,

	nothing_leads_out_of_the_directory = function()
		refused("leads out", "add('../outside')")
		refused("leads out", "add('a/../../outside')")
		refused("leads out", "add('/tmp/tidemill-outside')")
		refused("link that leads out",
			"add('l', tarfile.SYMTYPE, '../outside')")
		refused("link that leads out",
			"add('l', tarfile.SYMTYPE, '/etc/passwd')")
		refused("link that leads out",
			"add('l', tarfile.LNKTYPE, '../outside')")
		refused("no directory", "add('d', tarfile.SYMTYPE, 'e');"
			.. " add('d/file')")
		refused("no file, directory or link", "add('p', tarfile.FIFOTYPE)")
		refused("no file, directory or link", "add('c', tarfile.CHRTYPE)")
	end,

	links_by_way_of_other_links_do_not_lead_out = function()
		-- up is the directory itself: ".." after it would be outside.
		refused("link that leads out",
			"add('p/q/up', tarfile.SYMTYPE, '../..');"
			.. "add('x', tarfile.SYMTYPE, 'p/q/up/../..')")
		-- A second name of a link means something else elsewhere.
		refused("no regular file",
			"add('p/q/l', tarfile.SYMTYPE, '../../y');"
			.. "add('h', tarfile.LNKTYPE, 'p/q/l')")
	end,

	links_inside_are_fine_and_privileges_are_dropped = function()
		local dir = test.temp_dir()
		archive.extract(hostile(dir, "add('a/file', mode=0o6755);"
			.. "add('b/link', tarfile.SYMTYPE, '../a/file');"
			.. "add('hard', tarfile.LNKTYPE, 'a/file');"
			.. "add('a/file', data=b'new')"), dir .. "/in")
		test.equal(fs.stat(dir .. "/in/a/file").mode & 4095, 420)
		test.equal(fs.read(dir .. "/in/b/link"), "new")
		test.equal(fs.read(dir .. "/in/hard"), "x")
		test.equal(fs.stat(dir .. "/in/hard").mode & 4095, 493)
	end,

	maxima_are_kept = function()
		local dir = make_tree()
		local file = dir .. "/a.tar.gz"
		archive.create(file, dir .. "/tree")
		test.raises("more than 1000 bytes", archive.extract, file,
			dir .. "/o1", { max_bytes = 1000 })
		test.raises("more than 2 entries", archive.extract, file,
			dir .. "/o2", { max_entries = 2 })
		test.raises("more than 2 entries", archive.list, file,
			{ max_entries = 2 })
	end,

	meters_tell_how_far_it_is = function()
		local dir = make_tree()
		local meter = archive.meter()
		local totals = archive.create(dir .. "/a.tar.gz", dir .. "/tree",
			{ meter = meter })
		test.equal(meter:read(), totals)
		totals = archive.extract(dir .. "/a.tar.gz", dir .. "/out",
			{ meter = meter, files = { "empty" } })
		test.equal(meter:read(), { entries = 1, bytes = 0 })
		test.equal(totals, { entries = 1, bytes = 0 })
		test.raises("'meter' must be one of archive.meter",
			archive.create, dir .. "/b.tar", dir, { meter = 1 })
	end,

	bombs_are_stopped = function()
		local dir = test.temp_dir()
		local file = dir .. "/zeros.tar.gz"
		fs.mkdir(dir .. "/tree")
		proc.run { "truncate", "-s", "40M", dir .. "/tree/zeros" }
		archive.create(file, dir .. "/tree")
		test.raises("more than 100 times as large", archive.extract, file,
			dir .. "/o1", { max_ratio = 100 })
		test.equal(archive.extract(file, dir .. "/o2",
			{ max_ratio = 2000 }).bytes, 40 << 20)
		-- Small ones may be what they like.
		fs.write(dir .. "/tree/zeros", ("\0"):rep(1 << 20))
		archive.create(file, dir .. "/tree")
		archive.extract(file, dir .. "/o3", { max_ratio = 2 })
	end,

	mistakes_have_clear_errors = function()
		local dir = make_tree()
		test.raises("what kind of archive is 'a.rar'", archive.create,
			dir .. "/a.rar", dir)
		test.raises("no such file", archive.list, dir .. "/none.tar")
		test.raises("unknown option 'levle'", archive.create,
			dir .. "/a.tar", dir, { levle = 3 })
		test.raises("not_found", archive.create, dir .. "/a.tar",
			dir .. "/nowhere")
		test.equal(fs.exists(dir .. "/a.tar"), false)
		fs.write(dir .. "/bad.tar", "this is not an archive at all")
		test.raises("Unrecognized archive format", archive.list,
			dir .. "/bad.tar")
		archive.create(dir .. "/cut.tar.gz", dir .. "/tree")
		local whole = fs.read(dir .. "/cut.tar.gz")
		fs.write(dir .. "/cut.tar.gz", whole:sub(1, #whole // 2))
		test.raises("truncated", archive.extract, dir .. "/cut.tar.gz",
			dir .. "/out")
		proc.run { "mkfifo", dir .. "/tree/pipe" }
		test.raises("'pipe': it is no file", archive.create,
			dir .. "/a.tar", dir .. "/tree")
	end,
}
