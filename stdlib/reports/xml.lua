--- Texts in XML.

local xml = {}

local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
	['"'] = "&quot;", ["\n"] = "&#10;" }

--- Returns a text as the value of an attribute.
---@param text string
---@return string
function xml.attribute(text)
	return (text:gsub("[%z\1-\8\11\12\14-\31]", "?")
		:gsub('[&<>"\n]', ESCAPES))
end

--- Returns a text as it is between tags.
---@param text string
---@return string
function xml.text(text)
	return (text:gsub("[%z\1-\8\11\12\14-\31]", "?"):gsub("[&<>]", ESCAPES))
end

return xml
