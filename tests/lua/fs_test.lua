local fs = require("fs")
local task = require("task")
local test = require("test")

local function shell(command, ...)
	test.ok(os.execute(command:format(...)))
end

return {
	what_is_written_is_read = function()
		local name = test.temp_dir() .. "/x"
		local bytes = "a\0b\n" .. ("z"):rep(200000)

		fs.write(name, bytes)
		test.ok(fs.read(name) == bytes)
		fs.write(name, "")
		test.equal(fs.read(name), "")
		fs.append(name, "one\n")
		fs.append(name, "two\n")
		test.equal(fs.read(name), "one\ntwo\n")
		test.equal(#fs.list(name:match("(.*)/")), 1)
	end,

	errors_name_path_and_reason = function()
		local dir = test.temp_dir()
		local problem = test.raises("not_found", fs.read, dir .. "/no")

		test.equal(problem.message, ("cannot open '%s/no': "
			.. "No such file or directory"):format(dir))
		test.raises("io", fs.read, dir)
		test.raises("not_found", fs.write, dir .. "/no/x", "")
		test.raises("not_found", fs.list, dir .. "/no")
		test.raises("not_found", fs.rename, dir .. "/a", dir .. "/b")
		test.raises("zero byte", fs.read, "a\0b")
	end,

	reads_have_a_maximum = function()
		local name = test.temp_dir() .. "/x"

		fs.write(name, "12345")
		test.equal(fs.read(name, 5), "12345")
		local problem = test.raises("limit", fs.read, name, 4)
		test.match(problem.message, "larger than 4 bytes")
		test.raises("limit", fs.read, "/dev/zero", 1000)
	end,

	writing_keeps_the_mode = function()
		local name = test.temp_dir() .. "/x"

		fs.write(name, "1", tonumber("600", 8))
		test.equal(fs.stat(name).mode, tonumber("600", 8))
		fs.chmod(name, tonumber("751", 8))
		fs.write(name, "2")
		test.equal(fs.stat(name).mode, tonumber("751", 8))
		test.equal(fs.executable(name), true)
	end,

	stat_tells_kind_and_size = function()
		local dir = test.temp_dir()

		fs.write(dir .. "/file", "12345")
		fs.link("file", dir .. "/link")
		shell("mkfifo '%s/pipe'", dir)
		test.equal(fs.stat(dir).kind, "dir")
		test.equal(fs.stat(dir .. "/pipe").kind, "other")
		test.equal(fs.stat(dir .. "/link").kind, "link")
		local info = fs.stat(dir .. "/file")
		test.equal({ info.kind, info.size }, { "file", 5 })
		test.ok(math.abs(info.modified / 1000 - os.time()) < 10)
		test.equal(fs.stat(dir .. "/no"), nil)
		test.equal(fs.exists(dir .. "/no"), false)
		test.equal(fs.exists(dir .. "/link"), true)
	end,

	links_lead_somewhere = function()
		local dir = fs.real(test.temp_dir())

		fs.write(dir .. "/file", "x")
		fs.link("file", dir .. "/link")
		test.equal(fs.target(dir .. "/link"), "file")
		test.equal(fs.real(dir .. "/link"), dir .. "/file")
		test.equal(fs.read(dir .. "/link"), "x")
		test.raises("io", fs.target, dir .. "/file")
	end,

	directories_are_made_listed_and_removed = function()
		local dir = test.temp_dir()

		fs.mkdir(dir .. "/a/b/c")
		fs.mkdir(dir .. "/a/b/c")
		fs.write(dir .. "/a/z", "")
		fs.write(dir .. "/a/.hidden", "")
		test.equal(fs.list(dir .. "/a"), { ".hidden", "b", "z" })
		test.raises("io", fs.mkdir, dir .. "/a/z")
		fs.remove(dir .. "/a")
		fs.remove(dir .. "/a")
		test.equal(fs.exists(dir .. "/a"), false)
	end,

	remove_does_not_follow_links = function()
		local dir = test.temp_dir()

		fs.mkdir(dir .. "/kept")
		fs.write(dir .. "/kept/x", "x")
		fs.mkdir(dir .. "/gone")
		fs.link("../kept", dir .. "/gone/link")
		fs.remove(dir .. "/gone")
		test.equal(fs.read(dir .. "/kept/x"), "x")
	end,

	remove_opens_read_only_directories = function()
		local dir = test.temp_dir()

		fs.mkdir(dir .. "/a/b")
		fs.write(dir .. "/a/b/x", "")
		fs.chmod(dir .. "/a/b", tonumber("500", 8))
		fs.remove(dir .. "/a")
		test.equal(fs.exists(dir .. "/a"), false)
	end,

	trees_are_copied = function()
		local dir = test.temp_dir()

		fs.mkdir(dir .. "/a/sub")
		fs.write(dir .. "/a/sub/x", "text", tonumber("755", 8))
		fs.link("sub/x", dir .. "/a/link")
		fs.chmod(dir .. "/a/sub", tonumber("550", 8))
		fs.copy(dir .. "/a", dir .. "/b")
		test.equal(fs.read(dir .. "/b/sub/x"), "text")
		test.equal(fs.stat(dir .. "/b/sub/x").mode, tonumber("755", 8))
		test.equal(fs.stat(dir .. "/b/sub").mode, tonumber("550", 8))
		test.equal(fs.target(dir .. "/b/link"), "sub/x")
		fs.copy(dir .. "/a/sub/x", dir .. "/y")
		test.equal(fs.read(dir .. "/y"), "text")
		test.raises("not_found", fs.copy, dir .. "/no", dir .. "/c")
	end,

	nothing_is_copied_into_itself = function()
		local dir = test.temp_dir()

		fs.mkdir(dir .. "/a")
		fs.write(dir .. "/a/x", "text")
		test.raises("into itself", fs.copy, dir .. "/a",
			dir .. "/a/b/c")
		test.raises("onto itself", fs.copy, dir .. "/a/x",
			dir .. "/a/x")
		test.equal(fs.read(dir .. "/a/x"), "text")
	end,

	glob_finds_below_a_directory = function()
		local dir = test.temp_dir()

		for _, name in ipairs { "src/a.c", "src/sub/b.c", "src/sub/b.h",
			"docs/a.md", "x.c" } do
			fs.mkdir(dir .. "/" .. (name:match("(.*)/") or ""))
			fs.write(dir .. "/" .. name, "")
		end
		test.equal(fs.glob("**/*.c", dir),
			{ "src/a.c", "src/sub/b.c", "x.c" })
		test.equal(fs.glob({ "**/*.c", "!src/**" }, dir), { "x.c" })
		test.equal(fs.glob("*.{h,rs}", dir), {})
		test.raises("invalid", fs.glob, "[", dir)
		test.raises("not_found", fs.glob, "*", dir .. "/no")
		test.raises("no pattern", fs.glob, {}, dir)
	end,

	others_run_while_a_tree_is_looked_through = function()
		local turns = 0
		local counter = task.spawn(function()
			while true do
				task.timeout("1m", function() end)
				turns = turns + 1
			end
		end)

		fs.glob("**/*.h", "/usr/include")
		counter:cancel()
		test.ok(turns > 0)
	end,

	a_glob_is_cancelled = function()
		local handle = task.spawn(fs.glob, "**/nothing", "/usr")

		task.timeout("1m", function() end)
		handle:cancel()
		test.raises("cancelled", handle.await, handle)
	end,
}
