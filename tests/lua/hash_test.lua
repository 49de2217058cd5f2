local fs = require("fs")
local hash = require("hash")
local path = require("path")
local proc = require("proc")
local task = require("task")
local test = require("test")

local ALGORITHMS <const> = { "blake2b", "sha256", "sha384", "sha512", "sha1",
	"md5" }

local TOOLS <const> = { blake2b = "b2sum", sha256 = "sha256sum",
	sha384 = "sha384sum", sha512 = "sha512sum", sha1 = "sha1sum",
	md5 = "md5sum" }

local function refuses(message, ...)
	test.equal(test.raises("invalid", ...).message, message)
end

return {
	digests_of_nothing_and_of_abc = function()
		test.equal(hash.md5(""), "d41d8cd98f00b204e9800998ecf8427e")
		test.equal(hash.md5("abc"), "900150983cd24fb0d6963f7d28e17f72")
		test.equal(hash.sha1("abc"),
			"a9993e364706816aba3e25717850c26c9cd0d89d")
		test.equal(hash.sha256(""), "e3b0c44298fc1c149afbf4c8996fb924"
			.. "27ae41e4649b934ca495991b7852b855")
		test.equal(hash.sha384("abc"), "cb00753f45a35e8bb5a03d699ac65007"
			.. "272c32ab0eded1631a8b605a43ff5bed"
			.. "8086072ba1e7cc2358baeca134c825a7")
		test.equal(hash.sha512("abc"), "ddaf35a193617abacc417349ae204131"
			.. "12e6fa4e89a97ea20a9eeee64b55d39a"
			.. "2192992a274fc1a836ba3c23a3feebbd"
			.. "454d4423643ce80e2a9ac94fa54ca49f")
		test.equal(hash.blake2b("abc"), "ba80a53f981c4d0d6a2797b69f12f6e9"
			.. "4c212f14685ac4b74b12bb6fdbffa2d1"
			.. "7d87c5392aab792dc252d5de4533cc95"
			.. "18d38aa8dbf1925ab92386edd4009923")
	end,

	they_are_those_of_the_tools = function()
		local dir = test.temp_dir()
		local file = path.join(dir, "x")

		for _, size in ipairs { 0, 1, 63, 64, 127, 128, 129, 5000,
			(1 << 20) + 7 } do
			local text = ("%d\n\0"):format(size):rep(size):sub(1, size)
			fs.write(file, text)
			for _, name in ipairs(ALGORITHMS) do
				local said = proc.run { TOOLS[name], file }.stdout
				local digest, length = hash.file(file,
					{ algorithm = name })
				test.equal(digest, said:match("^%x+"), name)
				test.equal(length, size)
				test.equal(hash[name](text), digest)
			end
		end
	end,

	-- RFC 4231, cases 1, 2 and 6; RFC 2202, case 2.
	hmac_of_the_rfcs = function()
		test.equal(hash.hmac("sha256", ("\11"):rep(20), "Hi There"),
			"b0344c61d8db38535ca8afceaf0bf12b"
			.. "881dc200c9833da726e9376c2e32cff7")
		test.equal(hash.hmac("sha256", "Jefe",
			"what do ya want for nothing?"),
			"5bdcc146bf60754e6a042426089575c7"
			.. "5a003f089d2739839dec58b964ec3843")
		test.equal(hash.hmac("sha512", ("\xaa"):rep(131),
			"Test Using Larger Than Block-Size Key - Hash Key First"),
			"80b24263c7c1a3ebb71493c1dd7be8b4"
			.. "9b46d1f41b4aeec1121b013783f8f352"
			.. "6b56d037e05f2598bd0fd2215d6a1e52"
			.. "95e64f73f63f0aec8b915a985d786598")
		test.equal(hash.hmac("md5", "Jefe", "what do ya want for nothing?"),
			"750c783e6ab0b503eaa86e310a5db738")
		test.equal(hash.hmac("sha1", "Jefe",
			"what do ya want for nothing?"),
			"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
	end,

	hmac_of_files = function()
		local file = path.join(test.temp_dir(), "x")

		fs.write(file, "some text")
		for _, name in ipairs(ALGORITHMS) do
			test.equal(hash.file(file, { algorithm = name, hmac = "key" }),
				hash.hmac(name, "key", "some text"), name)
		end
	end,

	-- From BLAKE2's own blake2b-kat: keys 00 01 … 3f.
	blake2b_with_key_and_size = function()
		local key = hash.decode("000102030405060708090a0b0c0d0e0f"
			.. "101112131415161718191a1b1c1d1e1f"
			.. "202122232425262728292a2b2c2d2e2f"
			.. "303132333435363738393a3b3c3d3e3f", "hex")

		test.equal(hash.blake2b("", { key = key }),
			"10ebb67700b1868efb4417987acf4690"
			.. "ae9d972fb7a590c2f02871799aaa4786"
			.. "b5e996e8f0f4eb981fc214b005f42d2f"
			.. "f4233499391653df7aefcbc13fc51568")
		test.equal(hash.blake2b("abc", { size = 32 }),
			"bddd813c634239723171ef3fee98579b"
			.. "94964e3bb1cb3e427262c8c068d52319")
		test.equal(#hash.blake2b("abc", { size = 1 }), 2)
		refuses("a digest of blake2b has at most 64 bytes",
			hash.blake2b, "", { size = 65 })
		refuses("a key of blake2b has at most 64 bytes",
			hash.blake2b, "", { key = ("x"):rep(65) })
		refuses("unknown option 'key' of sha256", hash.sha256, "",
			{ key = "x" })
	end,

	pieces_make_the_whole = function()
		for _, name in ipairs(ALGORITHMS) do
			local digest = hash.new(name)
			local text = ("piece"):rep(1000)
			for i = 1, #text, 77 do digest:add(text:sub(i, i + 76)) end
			test.equal(digest:finish(), hash[name](text))
			refuses("the digest is finished: hash.new begins another",
				digest.add, digest, "x")
			refuses("the digest is finished: hash.new begins another",
				digest.finish, digest)
		end
		test.equal(hash.new("blake2b", { size = 8, encoding = "raw" })
			:add("a"):add("b"):finish(),
			hash.blake2b("ab", { size = 8, encoding = "raw" }))
	end,

	encodings = function()
		test.equal(hash.sha1("abc", { encoding = "base64" }),
			"qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")
		test.equal(hash.sha1("abc", { encoding = "base64url" }),
			"qZk-NkcGgWq6PiVxeFDCbJzQ2J0")
		test.equal(#hash.sha1("abc", { encoding = "raw" }), 20)
		test.equal(hash.encode("", "base64"), "")
		for text, encoded in pairs { f = "Zg==", fo = "Zm8=", foo = "Zm9v",
			foob = "Zm9vYg==", fooba = "Zm9vYmE=", foobar = "Zm9vYmFy",
			["\xfb\xff"] = "+/8=" } do
			test.equal(hash.encode(text, "base64"), encoded)
			test.equal(hash.decode(encoded, "base64"), text)
			test.equal(hash.decode(hash.encode(text, "base64url"),
				"base64"), text)
			test.equal(hash.decode(hash.encode(text, "hex"), "hex"), text)
		end
		test.equal(hash.decode("Zm9v\n YmFy\n", "base64"), "foobar")
		test.equal(hash.decode("DEADbeef", "hex"), "\xde\xad\xbe\xef")
		for _, text in ipairs { "Z", "Zg=", "Zm9v=", "Z=g=", "Zm9v!",
			"====", "Zg==Zg==" } do
			refuses("this is not base64", hash.decode, text, "base64")
		end
		for _, text in ipairs { "a", "0g", "0 1 " } do
			refuses("this is not hexadecimal", hash.decode, text, "hex")
		end
		refuses("unknown encoding 'raw': there are hex, base64 and "
			.. "base64url", hash.decode, "", "raw")
		refuses("option 'encoding' cannot be 'b64': it is 'hex', "
			.. "'base64', 'base64url' or 'raw'", hash.md5, "",
			{ encoding = "b64" })
	end,

	strings_are_compared = function()
		test.equal(hash.equal("", ""), true)
		test.equal(hash.equal("abc", "abc"), true)
		test.equal(hash.equal("abc", "abd"), false)
		test.equal(hash.equal("abc", "ab"), false)
	end,

	files_that_cannot_be_read = function()
		local dir = test.temp_dir()

		test.raises("not_found", hash.file, path.join(dir, "none"))
		refuses(("'%s' is no regular file"):format(dir), hash.file, dir)
		proc.run { "mkfifo", path.join(dir, "fifo") }
		test.raises("is no regular file", hash.file,
			path.join(dir, "fifo"))
		refuses("unknown algorithm 'crc32': there are blake2b, sha256, "
			.. "sha384, sha512, sha1 and md5", hash.file, dir,
			{ algorithm = "crc32" })
	end,

	reading_can_be_cancelled = function()
		local file = path.join(test.temp_dir(), "large")

		-- A hole of 16 GiB: nobody waits for its end.
		proc.run { "truncate", "-s", "16G", file }
		local job = task.spawn(function() return hash.file(file) end)
			:observe()
		task.spawn(function() job:cancel() end):await()
		local problem = test.raises("cancelled", job.await, job)
		test.ok(problem)
	end,
}
