local server_config = require("server_config")
local json = require("json")

local FILE <const> = { name = "server.lua", dir = "/etc/tide", text = [[
return {
	limit = 0,
	recipies = {},
	secrets = { TOKEN = { env = "A", file = "b" } },
}]] }

local function encode(value)
	return json.decode(server_config.encode(value, FILE))
end

local function refused(value, part)
	local ok, problem = pcall(server_config.encode, value, FILE)

	assert(not ok, "it was taken")
	assert(problem.code == "invalid", problem.code)
	assert(problem.message:find(part, 1, true), problem.message)
end

return {
	everything_has_a_default = function()
		assert(next(encode {}) == nil)
	end,

	names_are_those_beside_the_file = function()
		local config = encode { recipes = "r/*.lua",
			repos = { "../shop.git", { "https://a.org/b.git" } } }

		assert(config.recipes[1] == "/etc/tide/r/*.lua")
		assert(config.repos[1].url == "/etc/shop.git")
		assert(config.repos[1].name == "shop")
		assert(config.repos[1].remote == false)
		assert(config.repos[2].url == "https://a.org/b.git")
		assert(config.repos[2].name == "b" and config.repos[2].remote)
	end,

	times_modes_and_sizes_are_numbers = function()
		local config = encode { poll = { min = "2s" },
			socket = { mode = "0660" },
			retention = { days = 3, log_bytes = "2M" } }

		assert(config.poll.min == 2000)
		assert(config.socket_mode == 432)
		assert(config.retention.days == 3)
		assert(config.retention.log_bytes == 2 << 20)
	end,

	mistakes_are_named_with_their_line = function()
		refused({ recipies = {} }, "server.lua:3: unknown key "
			.. "'recipies' (did you mean 'recipes'?)")
		refused({ limit = 0 }, "server.lua:2: 'limit' must be at least")
		refused({ limit = "many" }, "'limit' wants an integer")
		refused({ secrets = { TOKEN = { env = "A", file = "b" } } },
			"server.lua:4: secret 'TOKEN' wants either")
		refused({ retention = { dayz = 1 } }, "in retention")
		refused({ poll = { min = "soon" } }, "'min'")
		refused("text", "it returned string")
	end,

	urls_are_told_from_paths = function()
		assert(server_config.is_remote("https://a.org/b"))
		assert(server_config.is_remote("git@a.org:b.git"))
		assert(not server_config.is_remote("/srv/git/b.git"))
		assert(not server_config.is_remote("../b@c"))
	end,
}
