-- A repository of two commits by Ada, as the global `repo`.

local proc = require("proc")

return function(dir)
	proc.run { "bash", "-ec", [[
		export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
		git init -q -b main shop; cd shop
		git config user.name Ada; git config user.email ada@example.org
		seq 5 >total.lua; git add .; git commit -qm "first"
		seq 4 >total.lua; echo six >>total.lua; echo 7 >>total.lua
		git commit -qam "Fix the total"
	]], cwd = dir }
	return { repo = dir .. "/shop" }
end
