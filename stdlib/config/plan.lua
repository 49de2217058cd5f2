--- A plan: what would change, checked in a staging tree, and bound to the state
--- that it was made from.

local fs = require("fs")

local plan = {}

---@class config.Change
---@field to string
---@field text string what it is to be
---@field hash string of it
---@field mode integer
---@field before? string hash of the live content; nil: there is no file
---@field before_mode? integer
---@field live? string
---@field changed boolean
---@field owner? string
---@field check? string
---@field reload? string
---@field health? table
---@field masked? string the text with secrets hidden, where it is known
---@field map? template.Map of the text
---@field template? string
---@field dir? string of the project

local MODE <const> = 420 -- 0644

local function digest(text)
	return require("hash").sha256(text)
end

--- Compares a wanted file with what is there.
---@param wanted { to: string, text: string, mode?: integer, file: table }
---@return config.Change
function plan.change(wanted)
	local file = wanted.file or {}
	local stat = fs.exists(wanted.to) and fs.stat(fs.real(wanted.to))
	local mode = math.type(wanted.mode) == "integer" and wanted.mode
		or file.mode and tonumber(file.mode, 8)
		or stat and stat.mode or MODE
	local live = stat and fs.read(wanted.to) or nil

	if stat and stat.kind ~= "file" then
		error({ code = "invalid", message = ("'%s' is no file, but a %s")
			:format(wanted.to, stat.kind) }, 0)
	end
	local owner = require("config.owner")
	local is = stat and owner.of(wanted.to) or nil
	return { to = wanted.to, text = wanted.text, hash = digest(wanted.text),
		mode = mode, live = live, before = live and digest(live),
		before_mode = stat and stat.mode or nil,
		changed = live ~= wanted.text or stat.mode ~= mode
			or not owner.fits(is, file.owner),
		owner = file.owner, before_owner = is and is.numbers,
		check = file.check, reload = file.reload,
		health = file.health, masked = wanted.masked,
		map = wanted.map, template = wanted.template,
		dir = wanted.dir }
end

local function quote(text)
	return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Runs a program's own check on the staged file.
local function run_check(change, staged, tree, hide, values)
	local line = change.check:gsub("{(%w+)}", { file = quote(staged),
		root = quote(tree) })
	local result = require("proc").run { shell = line, check = false,
		timeout = "60s" }

	if result.status == 0 then return end
	local places = values and require("config.spot").of_output(change,
		result.stdout .. result.stderr, staged, values) or ""
	error({ code = "exit", exit_code = 7, message = hide(
		("%s: its check failed with %s: %s\n%s%s"):format(change.to,
		result.timed_out and "a time-out" or tostring(result.status),
		change.check, result.stdout, result.stderr)) .. places }, 0)
end

--- Writes what is to be into a tree of its own and lets each program check it.
---@param changes config.Change[]
---@param hide fun(text: string): string
---@param values? config.Values to tell which of them a refusal is about
function plan.validate(changes, hide, values)
	local tree = fs.temp_dir()
	local ok, problem = pcall(function()
		for _, change in ipairs(changes) do
			local staged = tree .. "/" .. change.to:gsub("^/+", "")
			fs.mkdir(require("path").dir(staged))
			fs.write(staged, change.text, 384)
		end
		for _, change in ipairs(changes) do
			if change.check then
				run_check(change, tree .. "/"
					.. change.to:gsub("^/+", ""), tree,
					hide, values)
			end
		end
	end)

	fs.remove(tree)
	if not ok then error(problem, 0) end
end

--- Refuses values that are wrong beyond doubt, at the layer's line.
---@param project config.Project
---@param options config.Options
function plan.scan(project, options)
	local judge, hard = require("config.judge"), require("config.hard")
	local found = {}

	for _, layer in ipairs((require("config.layers").files(project,
		options))) do
		for _, one in ipairs(hard.document(layer)) do
			found[#found + 1] = "  " .. judge.text(one)
		end
	end
	if #found == 0 then return end
	error({ code = "invalid", exit_code = 7, message =
		"values that cannot be meant so (tidemill config scan):\n"
		.. table.concat(found, "\n", 1, math.min(#found, 20)) }, 0)
end

--- Renders, judges by the policies, compares with what is there, and lets each
--- program check its file.
---@param project config.Project
---@param options config.Options
---@return config.Change[]
---@return config.Values
---@return config.Finding[] warnings
function plan.make(project, options)
	local rendered, values = require("config.render").all(project, options)
	local policy, layers = require("config.policy"), require("config.layers")
	local findings = policy.check(project, values, options)
	local denied, changes = {}, {}

	for _, finding in ipairs(findings) do
		if finding.level == "deny" then
			denied[#denied + 1] = "  " .. policy.text(finding)
		end
	end
	plan.scan(project, options)
	if #denied > 0 then
		error({ code = "invalid", exit_code = 7, message =
			("%s refuses:\n%s"):format(project.policies,
			table.concat(denied, "\n")) }, 0)
	end
	for i, one in ipairs(rendered) do changes[i] = plan.change(one) end
	plan.validate(changes, function(text)
		return layers.hide(values, text)
	end, values)
	return changes, values, findings
end

--- Returns the difference of a change, with secrets hidden on both sides.
---@param change config.Change
---@param hide fun(text: string): string today's secrets and former ones
---@return string
function plan.diff(change, hide)
	local old, new = change.live or "", change.text
	local masked = change.masked or new
	local text = require("diff").unified(hide(require("config.former")
		.cover(old, new, masked)), hide(masked), {
		old_name = change.live and change.to or "/dev/null",
		new_name = change.to })

	if text == "" and old ~= new then
		text = ("%s: only a secret changes\n"):format(change.to)
	end
	if change.owner and change.before_owner and not require("config.owner")
		.fits(require("config.owner").of(change.to), change.owner) then
		text = text .. ("%s: owner %s -> %s\n"):format(change.to,
			change.before_owner, change.owner)
	end
	if change.before_mode and change.before_mode ~= change.mode then
		text = text .. ("%s: mode %04o -> %04o\n"):format(change.to,
			change.before_mode, change.mode)
	end
	return text
end

--- Is this path a declared secret, or what holds or is held by one?
local function is_secret(project, path)
	for name in pairs(project.secrets) do
		if name == path or name:sub(1, #path + 1) == path .. "."
			or path:sub(1, #name + 1) == name .. "." then
			return true
		end
	end
	return false
end

--- What a plan file holds: hashes, and no content.
---@param changes config.Change[]
---@param project config.Project
---@param options config.Options
---@param applied? integer the version that is in force
---@return table
function plan.pack(changes, project, options, applied)
	local list, set = {}, {}

	-- what is set there is overridden by the secret itself, and stays here
	for _, item in ipairs(options.set or {}) do
		if not is_secret(project, item:match("^[^=]*")) then
			set[#set + 1] = item
		end
	end

	for i, change in ipairs(changes) do
		list[i] = { to = change.to, hash = change.hash,
			mode = change.mode, before = change.before,
			before_mode = change.before_mode }
	end
	return { format = "tidemill plan 1", project = project.dir,
		env = options.env, host = options.host, root = options.root,
		applied = applied, set = require("json").array(set),
		files = require("json").array(list) }
end

--- Refuses to do another thing than what was planned.
---@param packed table
---@param changes config.Change[]
---@param applied? integer the version that is in force
function plan.verify(packed, changes, applied)
	local known = {}

	if packed.applied ~= applied then
		error({ code = "conflict", exit_code = 7, message = ("the plan"
			.. " was made from an older state: version %s was in"
			.. " force, now it is %s"):format(packed.applied or "0",
			applied or "0") }, 0)
	end

	for _, file in ipairs(packed.files) do known[file.to] = file end
	for _, change in ipairs(changes) do
		local file = known[change.to]
		if not file or file.hash ~= change.hash
			or file.mode ~= change.mode then
			error({ code = "conflict", exit_code = 7, message =
				("the plan is no longer what would be applied:"
				.. " '%s' would be rendered otherwise now")
				:format(change.to) }, 0)
		end
		if file.before ~= change.before
			or file.before_mode ~= change.before_mode then
			error({ code = "conflict", exit_code = 7, message =
				("the plan was made from an older state: '%s'"
				.. " has changed since"):format(change.to) }, 0)
		end
		known[change.to] = nil
	end
	local left = next(known)
	if left then
		error({ code = "conflict", exit_code = 7, message = ("the plan"
			.. " is no longer what would be applied: '%s' is gone")
			:format(left) }, 0)
	end
end

return plan
