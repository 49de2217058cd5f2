std = "lua54"
max_line_length = 80
codes = true
ignore = { "211/_guard" }
-- Recipes of repositories see the sandbox's globals only; ours see all.
files["lua/meta"] = { ignore = { "212", "241", "511" } }
