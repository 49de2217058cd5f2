--- tidemill templates: the kinds of lines in a log.

--- Adds a log block by block, each ending with a line; with `keep`, returns
--- the number of each line's template.
local function add_all(miner, file, keep)
	local input = require("command.input")
	local log = input.open(file)
	local all = {}

	for block in input.blocks(log) do
		local numbers = miner:add_text(block, keep)
		if keep then
			table.move(numbers, 1, #numbers, #all + 1, all)
		end
	end
	input.close(log)
	return all
end

local function open_model(file)
	local fs, drain = require("fs"), require("drain")

	if not file or not fs.exists(file) then return drain.new() end
	local ok, miner = pcall(drain.load, fs.read(file))
	if ok then return miner end
	error({ code = "invalid", message = file .. ": " .. miner.message }, 0)
end

local function print_table(call, templates)
	local lines = {}

	table.sort(templates, function(a, b)
		if a.count ~= b.count then return a.count > b.count end
		return a.template < b.template
	end)
	for _, one in ipairs(templates) do
		if one.count > 0 then
			lines[#lines + 1] = { tostring(one.count), one.id,
				one.template }
		end
	end
	call:table({ { title = "LINES", align = "right" }, { title = "ID" },
		{ title = "TEMPLATE" } }, lines)
end

local function print_lines(call, numbers, templates)
	local names = {}

	for i, one in ipairs(templates) do names[i] = one.id end
	for i, number in ipairs(numbers) do numbers[i] = names[number] end
	call:print(table.concat(numbers, "\n"))
end

local function print_json(call, numbers, templates)
	local json = require("json")

	for i, number in ipairs(numbers) do
		numbers[i] = templates[number].id
	end
	call:print_json { lines = json.array(numbers),
		templates = json.array(templates) }
end

---@type cli.Verb
return {
	summary = "find the templates of a log's lines",
	description = "Lines that differ only in numbers, addresses, names and"
		.. " the like get the same template. Its id is the same"
		.. " whenever the same log is read; with --model it stays"
		.. " while the template becomes more general.",
	arguments = {
		{ name = "FILE", complete = "file", help = "a log; - is stdin" },
	},
	options = {
		{ name = "lines", help = "print the template's id of each line" },
		{ name = "model", argument = "FILE", complete = "file",
			help = "go on with what is known there, and keep it" },
	},
	examples = {
		{ "tidemill templates build.log" },
		{ "journalctl | tidemill templates - --json" },
	},
	run = function(call)
		local fs = require("fs")
		local miner = open_model(call.options.model)
		local keep = call.json or call.options.lines or false
		local numbers = add_all(miner, call.args[1], keep)
		local templates = miner:templates()

		if call.options.model then
			fs.write(call.options.model, miner:save())
		end
		if call.json then
			print_json(call, numbers, templates)
		elseif call.options.lines then
			print_lines(call, numbers, templates)
		else
			print_table(call, templates)
		end
		return 0
	end,
}
