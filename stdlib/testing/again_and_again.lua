--- `tidemill test --watch`: runs the tests again when files change, each time
--- in a new process, so that nothing of the last time is left.

local fs = require("fs")

local UNWANTED <const> = { build = true, node_modules = true, target = true }

--- Directories that have Lua files below them, and the current one.
local function places()
	local list, seen = {}, {}

	for _, file in ipairs(fs.glob("*/**/*.lua", ".")) do
		local top = file:match("^([^/]+)/")
		if not seen[top] and not UNWANTED[top]
			and top:sub(1, 1) ~= "." then
			seen[top] = true
			list[#list + 1] = top
		end
	end
	return list
end

--- What was on the command line, but for --watch.
local function words_of(call)
	local options = call.options
	local words = { "/proc/self/exe", "test" }

	for _, name in ipairs { "filter", "junit" } do
		if options[name] then
			words[#words + 1] = ("--%s=%s"):format(name,
				options[name])
		end
	end
	for _, name in ipairs { "coverage", "json", "verbose" } do
		if options[name] then words[#words + 1] = "--" .. name end
	end
	if options.no_color then words[#words + 1] = "--no-color" end
	if options.min_coverage then
		words[#words + 1] = ("--min-coverage=%s"):format(
			options.min_coverage)
	end
	local limit = options.timeout
	words[#words + 1] = "--timeout=" .. (type(limit) == "number"
		and limit .. "ms" or limit)
	for _, path in ipairs(call.args) do words[#words + 1] = path end
	words.check, words.stdout, words.stderr = false, "inherit", "inherit"
	return words
end

--- Returns the first change that matters: editors write files of their own,
--- and files that are gone again.
local function first_that_matters(paths, junit)
	for _, path in ipairs(paths) do
		local name = path:match("[^/]+$")
		if not name:find("^%.") and not name:find("~$")
			and not name:find("^%d+$") and name ~= junit
			and (name:find("%.lua$") or fs.exists(path)) then
			return (path:gsub("^%./", ""))
		end
	end
end

local function open_watchers()
	local watch = require("watch")
	local list, below = { watch.open(".") }, places()

	if #below > 0 then
		list[2] = watch.open(below, { recursive = true })
	end
	return list, below
end

local function wait_for_change(watchers, junit)
	local task = require("task")

	while true do
		local waits = {}
		for i, watcher in ipairs(watchers) do
			waits[i] = function() return watcher:wait() end
		end
		local _, paths, rescan = task.any(waits)
		local path = first_that_matters(paths, junit)
		if rescan or path then return path end
	end
end

--- Runs until it is interrupted.
---@async
---@param call cli.Call
return function(call)
	local proc = require("proc")
	local junit = call.options.junit
		and call.options.junit:match("[^/]+$")

	while true do
		local watchers, below = open_watchers()
		proc.run(words_of(call))
		call:say(("waits for a change here%s; Ctrl-C ends"):format(
			#below > 0 and " and below " .. table.concat(below, ", ")
			or ""))
		local path = wait_for_change(watchers, junit)
		for _, watcher in ipairs(watchers) do watcher:close() end
		call:say(("%s changed"):format(path or "something"))
	end
end
