--- A repository that is described by the test.

---@class testing.GitOptions
---@field branch? string ["main"]
---@field commit? string oid of HEAD
---@field refs? table<string, string> name to oid
---@field commits? table[] newest first: { oid, message, author, … }
---@field tags? string[]|table<string, string> names, or names to oids
---@field changed? string[] paths
---@field files? table<string, string> at any revision
---@field methods? table<string, function> repo:NAME(…) for all else

local OID <const> = ("c0ffee"):rep(7):sub(1, 40)

local Repo = {}

local function ref(name, oid)
	local short = name:gsub("^refs/%a+/", "")

	return { name = name, short = short, oid = oid,
		kind = name:find("^refs/heads/") and "branch"
			or name:find("^refs/tags/") and "tag" or "other" }
end

function Repo.refs(own, prefix)
	local list = {}

	for name, oid in pairs(own.refs) do
		if name:sub(1, #(prefix or "")) == (prefix or "") then
			list[#list + 1] = ref(name, oid)
		end
	end
	table.sort(list, function(a, b) return a.name < b.name end)
	return list
end

function Repo.ref(own, name)
	for _, full in ipairs { name, "refs/heads/" .. name,
		"refs/tags/" .. name } do
		if own.refs[full] then return ref(full, own.refs[full]) end
	end
end

function Repo.head(own)
	return ref("refs/heads/" .. own.branch, own.commit)
end

Repo.default_branch = Repo.head

local function commit_of(own, given)
	local person = { name = "Test", email = "test@example.org",
		time = own.world.clock:now(), offset = 0 }
	local commit = { oid = own.commit, tree = OID, author = person,
		committer = person, message = "a commit", parents = {} }

	for key, value in pairs(given or {}) do commit[key] = value end
	if type(commit.author) == "string" then
		commit.author = setmetatable({ name = commit.author },
			{ __index = person })
	end
	commit.subject = commit.subject or commit.message:match("^[^\n]*")
	return commit
end

function Repo.resolve(own, rev)
	local found = rev == "HEAD" and Repo.head(own) or Repo.ref(own, rev)

	if found then return found.oid end
	for _, commit in ipairs(own.commits) do
		if commit.oid and commit.oid:sub(1, #rev) == rev then
			return commit.oid
		end
	end
	local names = {}
	for name in pairs(own.refs) do
		names[#names + 1] = (name:gsub("^refs/%a+/", ""))
	end
	local near = require("nearest")(rev, names)
	error({ code = "not_found", message = ("there is no revision '%s'%s")
		:format(rev, near and (" (did you mean '%s'?)"):format(near)
		or "") }, 0)
end

function Repo.commit(own, rev)
	local ok, oid = pcall(Repo.resolve, own, rev)

	if not ok then return nil end
	for _, commit in ipairs(own.commits) do
		if commit.oid == oid then return commit_of(own, commit) end
	end
	return commit_of(own, { oid = oid })
end

function Repo.log(own, options)
	local list = {}

	for i, commit in ipairs(own.commits) do
		if i > (options and options.limit or 100) then break end
		list[i] = commit_of(own, commit)
	end
	return list
end

function Repo.changed(own)
	return { table.unpack(own.changed) }
end

function Repo.status()
	return {}
end

function Repo.file(own, _, path)
	return own.files[path]
end

function Repo.tags(own)
	local list = {}

	for _, one in ipairs(Repo.refs(own, "refs/tags/")) do
		list[#list + 1] = { name = one.short, oid = one.oid,
			commit = one.oid }
	end
	return list
end

function Repo.tag(own, name, rev)
	if own.refs["refs/tags/" .. name] then
		error({ code = "busy", message = ("the tag '%s' exists")
			:format(name) }, 0)
	end
	own.refs["refs/tags/" .. name] = Repo.resolve(own, rev or "HEAD")
	return own.refs["refs/tags/" .. name]
end

local function repo_of(own)
	return setmetatable({ path = own.path, dir = own.path .. "/.git",
		bare = false }, { __index = function(_, key)
		local method = own.methods[key]
		if method then
			return function(_, ...) return method(...) end
		end
		method = Repo[key]
		if not method then
			own.world:fail("the fake repository has no '%s': give it"
				.. " git = { methods = { %s = function(…) … end"
				.. " } }", tostring(key), tostring(key))
		end
		return function(_, ...)
			own.asked[#own.asked + 1] = key
			return method(own, ...)
		end
	end })
end

---@class testing.Git
local Git = {}
Git.__index = Git

--- Implements every function of the module.
function Git:call(name, real, ...)
	if self.real then return real(...) end
	if name == "open" or name == "clone" or name == "mirror" then
		return repo_of(self)
	elseif name == "remote_refs" then
		local refs = {}
		for ref_name, oid in pairs(self.refs) do refs[ref_name] = oid end
		return refs, "refs/heads/" .. self.branch
	elseif self.functions[name] then
		return self.functions[name](...)
	end
	self.world:fail("git.%s is not faked: git = { functions = { %s ="
		.. " function(…) … end } }, or git = \"real\"", name, name)
end

local function read_refs(self, given)
	for name, oid in pairs(given.refs or {}) do self.refs[name] = oid end
	for key, value in pairs(given.tags or {}) do
		local name = type(key) == "string" and key or value
		self.refs["refs/tags/" .. name] = type(key) == "string" and value
			or self.commit
	end
end

--- Returns the fake of a world's git.
---@param world testing.World
---@param given? testing.GitOptions|"real" [real]
---@return testing.Git
return function(world, given)
	if given == nil or given == "real" then
		return setmetatable({ real = true }, Git)
	end
	local commits = given.commits or {}
	local self = setmetatable({ world = world,
		branch = given.branch or "main", commits = commits,
		commit = given.commit or commits[1] and commits[1].oid or OID,
		changed = given.changed or {}, files = given.files or {},
		methods = given.methods or {}, functions = given.functions or {},
		path = given.path or ".", refs = {}, asked = {} }, Git)

	if #commits == 0 then commits[1] = { oid = self.commit } end
	self.refs["refs/heads/" .. self.branch] = self.commit
	read_refs(self, given)
	return self
end
