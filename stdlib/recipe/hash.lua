--- Fingerprints of texts and functions: 64 bits of FNV-1a over words. They
--- tell whether code changed; they are no protection against forgery.

local PRIME <const> = 0x100000001b3
local START <const> = 0xcbf29ce484222325

local unpack = string.unpack

--- Returns 64 bits as an integer.
---@param text string
---@param start? integer
---@return integer
local function bits(text, start)
	local hash, whole = start or START, #text - #text % 8

	for at = 1, whole, 8 do
		hash = (hash ~ unpack("<i8", text, at)) * PRIME
		hash = hash ~ hash >> 29
	end
	for at = whole + 1, #text do
		hash = (hash ~ text:byte(at)) * PRIME
	end
	return hash ~ hash >> 32
end

local hash = { bits = bits }

--- Returns 16 hex digits.
---@param text string
---@return string
function hash.text(text)
	return ("%016x"):format(bits(text))
end

--- Returns the fingerprint of a function's code, without what it captured.
---@param fn function
---@return string
function hash.code(fn)
	local ok, code = pcall(string.dump, fn, true)

	return ok and hash.text(code) or "native"
end

return hash
