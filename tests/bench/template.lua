-- The table of 10,000 rows as etlua would emit it: pieces in one table, then
-- concatenated. Prints the milliseconds of CPU and the bytes.

local rows = {}
for i = 0, 9999 do
	rows[#rows + 1] = { id = i, host = "host" .. i,
		ip = ("10.%d.%d.%d"):format(i >> 16 & 255, i >> 8 & 255, i & 255),
		role = ({ "web", "db", "cache" })[i % 3 + 1], up = i % 11 ~= 0,
		load = i % 97 }
end

local function render(context)
	local out, n = {}, 0
	local function add(text)
		n = n + 1
		out[n] = text
	end

	add(tostring(context.title))
	add("\n")
	for index, row in ipairs(context.rows) do
		add(tostring(index))
		add(",")
		add(tostring(row.id))
		add(",")
		add(tostring(row.host))
		add(",")
		add(tostring(row.ip))
		add(",")
		add(tostring(row.role))
		add(",")
		if row.up then add("up") else add("down") end
		add(",")
		add(tostring(row.load))
		add("\n")
	end
	return table.concat(out)
end

local times, text = 20, nil
local start = os.clock()
for _ = 1, times do text = render { title = "hosts", rows = rows } end
print(("%.4f %d"):format((os.clock() - start) / times * 1000, #text))
