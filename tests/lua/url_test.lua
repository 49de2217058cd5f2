-- URLs, by RFC 3986 and its own examples.

local test = require("test")
local url = require("url")

--- RFC 3986, 5.4: references on the page http://a/b/c/d;p?q
local JOINS <const> = {
	["g:h"] = "g:h", ["g"] = "http://a/b/c/g", ["./g"] = "http://a/b/c/g",
	["g/"] = "http://a/b/c/g/", ["/g"] = "http://a/g", ["//g"] = "http://g",
	["?y"] = "http://a/b/c/d;p?y", ["g?y"] = "http://a/b/c/g?y",
	["#s"] = "http://a/b/c/d;p?q#s", ["g#s"] = "http://a/b/c/g#s",
	["g?y#s"] = "http://a/b/c/g?y#s", [";x"] = "http://a/b/c/;x",
	["g;x"] = "http://a/b/c/g;x", ["g;x?y#s"] = "http://a/b/c/g;x?y#s",
	[""] = "http://a/b/c/d;p?q", ["."] = "http://a/b/c/",
	["./"] = "http://a/b/c/", [".."] = "http://a/b/",
	["../"] = "http://a/b/", ["../g"] = "http://a/b/g",
	["../.."] = "http://a/", ["../../"] = "http://a/",
	["../../g"] = "http://a/g", ["../../../g"] = "http://a/g",
	["../../../../g"] = "http://a/g", ["/./g"] = "http://a/g",
	["/../g"] = "http://a/g", ["g."] = "http://a/b/c/g.",
	[".g"] = "http://a/b/c/.g", ["g.."] = "http://a/b/c/g..",
	["..g"] = "http://a/b/c/..g", ["./../g"] = "http://a/b/g",
	["./g/."] = "http://a/b/c/g/", ["g/./h"] = "http://a/b/c/g/h",
	["g/../h"] = "http://a/b/c/h", ["g;x=1/./y"] = "http://a/b/c/g;x=1/y",
	["g;x=1/../y"] = "http://a/b/c/y", ["g?y/./x"] = "http://a/b/c/g?y/./x",
	["g?y/../x"] = "http://a/b/c/g?y/../x",
	["g#s/../x"] = "http://a/b/c/g#s/../x",
}

return {
	a_url_is_taken_apart = function()
		local parts = url.parse("HTTPS://a%20b:p%40w@Example.ORG:8443"
			.. "/x/y%2Fz?q=1&r#top")
		test.equal({ parts.scheme, parts.user, parts.password,
			parts.host, parts.port, parts.path, parts.query,
			parts.fragment }, { "https", "a b", "p@w",
			"example.org", 8443, "/x/y%2Fz", "q=1&r", "top" })
		test.equal(url.parse("http://[::1]:80/").host, "::1")
		test.equal(url.parse("http://[::1]/").port, nil)
		test.equal(url.parse("mailto:a@b").path, "a@b")
		test.equal(url.parse("/a/b").path, "/a/b")
		test.equal(url.parse("http://a?").query, "")
		test.equal(url.parse("http://a").query, nil)
		test.equal(url.parse("http://a:/").port, nil)
		test.equal(url.parse("file:///etc/hosts").host, "")
	end,

	what_is_no_url_is_told = function()
		for text, why in pairs {
			["http://a b/"] = "' ' must be encoded",
			["http://a:99999/"] = "'99999' is no port",
			["http://a:x/"] = "'x' is no port",
			["http://[::1/"] = "is no",
			["http://[zz]/"] = "'%[zz%]' is no address",
			["http://a%zz/"] = "without two digits",
			["http://u:secret@a:x/"] = "u:%*%*%*@a:x",
		} do
			test.raises(why, url.parse, text)
		end
	end,

	parts_are_put_together_again = function()
		for _, text in ipairs { "http://a/b?c#d", "//a/b", "/a?b",
			"http://[fe80::1]:8080/", "http://u:p%40@a/",
			"urn:a:b", "http://a?#", "http://u@a/", "" } do
			test.equal(url.build(url.parse(text)), text)
		end
		test.equal(tostring(url.parse("http://u:pw@a/")),
			"http://u:***@a/")
		test.equal(url.build { scheme = "https", host = "a.org",
			path = "/x", query = { q = "a b&c", list = { 1, 2 } } },
			"https://a.org/x?list=1&list=2&q=a+b%26c")
		test.raises("begins with '/'", url.build, { host = "a",
			path = "x" })
	end,

	references_are_joined_as_the_standard_says = function()
		for reference, expected in pairs(JOINS) do
			test.equal(url.join("http://a/b/c/d;p?q", reference),
				expected, "'" .. reference .. "'")
		end
		test.equal(url.join("http://a", "b"), "http://a/b")
		test.raises("an absolute one is wanted", url.join, "/a", "b")
	end,

	what_is_the_same_is_written_the_same = function()
		test.equal(url.normalize("HTTP://Example.org:80/%7ea/./b/../%2f"),
			"http://example.org/~a/%2F")
		test.equal(url.normalize("https://a"), "https://a/")
		test.equal(url.normalize("https://a:80/"), "https://a:80/")
	end,

	queries_are_read_and_written = function()
		local values, all = url.decode_query("a=1&b=x+y%21&a=2&c&=d")
		test.equal(values, { a = "2", b = "x y!", c = "", [""] = "d" })
		test.equal(all.a, { "1", "2" })
		test.equal(url.encode_query { { "b", 1 }, { "a", "ü" } },
			"b=1&a=%C3%BC")
		test.equal(url.encode("a/b c"), "a%2Fb%20c")
		test.equal(url.encode("a/b c", "/"), "a/b%20c")
		test.equal(url.decode("a%2Fb+c"), "a/b+c")
		for _, wrong in ipairs { 5, true, print } do
			for _, name in ipairs { "build", "decode",
				"decode_query", "encode_query" } do
				local _, problem = pcall(url[name], wrong)
				test.equal(problem.code, "invalid")
			end
		end
	end,
}
