local log = require("log")
local proc = require("proc")
local test = require("test")

--- What a program that logs prints, without the times.
local function logged(lines)
	local dir = test.temp_dir()
	local file = dir .. "/log_test.lua"
	local output <close> = assert(io.open(file, "w"))

	output:write("local log = require('log')\nreturn { it = function()\n",
		lines, "\nend }\n")
	output:close()
	local result = proc.run { "/proc/self/exe", "test", file,
		env = { NO_COLOR = "1" } }
	return (result.stderr:gsub("%d+%-%d+%-%d+T[%d:.]+Z ", ""))
end

return {
	entries_have_level_message_and_fields = function()
		test.equal(logged [[
			log.warn("it rains")
			log.error("it pours", { b = 2, a = "x y", c = true,
				["1"] = 'q"' })
		]], 'warn it rains\n'
			.. 'error it pours 1="q\\"" a="x y" b=2 c=true\n')
	end,

	lower_levels_are_left_out = function()
		test.equal(logged [[
			log.info("no")
			log.level("debug")
			log.debug("yes")
			log.level("error")
			log.warn("no")
		]], "debug yes\n")
	end,

	an_entry_is_one_line = function()
		test.equal(logged [[log.warn("a\nb", { c = "d\ne" })]],
			'warn a\\nb c="d\\ne"\n')
	end,

	level_tells_what_it_was = function()
		local before = log.level()

		test.equal(log.level("error"), before)
		test.equal(log.level(before), "error")
		test.raises("invalid option", log.level, "loud")
		test.raises("table expected", log.warn, "x", 5)
	end,
}
