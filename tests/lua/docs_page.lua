-- Runs the blocks of one page, in a process of docs_test.lua's.

local fs = require("fs")
local proc = require("proc")
local test = require("test")

local ROOT <const> = os.getenv("DOCS_ROOT")
local PAGE <const> = os.getenv("DOCS_PAGE")

--- Returns the blocks that run: { line, kind, text }.
local function blocks_of(text)
	local blocks, open, line = {}, nil, 0

	for content in (text .. "\n"):gmatch("(.-)\n") do
		line = line + 1
		local info = content:match("^```%s*(.*)$")
		if open and info == "" then
			blocks[#blocks + 1] = open
			open = nil
		elseif open then
			open.lines[#open.lines + 1] = content
		elseif info then
			open = { line = line, kind = info, lines = {} }
		end
	end
	if open then test.fail("%s:%d: the block has no end", PAGE, open.line) end
	return blocks
end

local function is_run(block)
	return (block.kind == "lua" or block.kind == "lua recipe")
		and not (block.lines[1] or ""):find("^%s*%-%- shell")
end

local function run_recipe(block)
	fs.write("tidemill.lua", table.concat(block.lines, "\n") .. "\n")
	local result = proc.run { "/proc/self/exe", "run", check = false,
		stderr = "merge" }

	if result.status ~= 0 then test.fail("%s", result.stdout) end
end

local function run_lua(block, env)
	local text = ("\n"):rep(block.line) .. table.concat(block.lines, "\n")

	assert(load(text, "@" .. PAGE, "t", env))()
end

local function run_block(block, env)
	local ok, problem = xpcall(function()
		if block.kind == "lua" then return run_lua(block, env) end
		run_recipe(block)
	end, function(problem)
		local text = require("command.failure").text(problem)

		return debug.traceback(("%s:%d: %s"):format(PAGE, block.line,
			text), 2)
	end)

	if not ok then error(problem, 0) end
end

local function fixture()
	local file = os.getenv("DOCS_FIXTURE")

	if not file then return {} end
	file = ROOT .. "/" .. file
	local setup = assert(load(fs.read(file), "@" .. file, "t"))()
	return setup(fs.current_dir()) or {}
end

return {
	blocks = function()
		local env = setmetatable(fixture(), { __index = _G })
		for _, block in ipairs(blocks_of(fs.read(ROOT .. "/" .. PAGE))) do
			if is_run(block) then run_block(block, env) end
		end
	end,
}
